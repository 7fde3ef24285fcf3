"""The power monitor of this computer."""

from __future__ import annotations

import sys

from desktop.core.system_ports import PowerMonitor
from desktop.system.clock import SystemClock
from desktop.system.power.together import PowerMonitors

if sys.platform == "win32":
    from desktop.system.power.clock_watch import ClockWatch
    from desktop.system.power.windows import WindowsPower, power_calls

    def _monitors() -> tuple[PowerMonitor, ...]:
        return WindowsPower(power_calls()), ClockWatch()

elif sys.platform == "darwin":
    from desktop.system.power.clock_watch import ClockWatch

    def _monitors() -> tuple[PowerMonitor, ...]:
        """IORegisterForSystemPower would tell of sleep too, before it and after.

        But whoever registers has to answer each notice, or delays sleep by 30 seconds, and needs a thread with Core
        Foundation's run loop, by ctypes. That a wake is noticed within a second is good enough.
        """
        return (ClockWatch(),)

elif sys.platform == "linux":
    from desktop.system.power.clock_watch import ClockWatch
    from desktop.system.power.logind import LogindPower

    def _monitors() -> tuple[PowerMonitor, ...]:
        return LogindPower(), ClockWatch()

else:

    def _monitors() -> tuple[PowerMonitor, ...]:
        return ()


def power_monitor() -> PowerMonitor:
    """What the system tells, and the clocks, which need nobody to tell. Silent on a system we know nothing of."""
    return PowerMonitors(SystemClock(), *_monitors())
