"""What tests of the command line count and say; _checks.sh is the same for those in shell."""
import sys

made = failed = 0


def check(holds, what):
    """Counts one check, and says what does not hold."""
    global made, failed
    made += 1
    if not holds:
        failed += 1
        print("NOT SO:", what)


def end(least):
    """Exits: 0 where no check failed and there were as many as `least`."""
    print(f"{made} checks, {failed} failed")
    sys.exit(1 if failed or made < least else 0)
