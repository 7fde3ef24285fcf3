"""``caponier --self-test``: does everything the program stands on work on this computer?

It is for people who ask why something does not work, and the last step of building a bundle.
"""

from desktop.selftest.run import run_self_test

__all__ = ["run_self_test"]
