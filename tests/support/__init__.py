"""The real parts that tests run against, and the guards that every test runs under."""
