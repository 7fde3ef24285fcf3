"""The engine: one thread that owns every link and is the only caller of the state machine."""
