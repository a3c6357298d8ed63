#!/usr/bin/env python3
"""`pasid shell` from outside: a script, piped lines, and a terminal with completion and history in 80 columns."""
import fcntl, json, os, pty, select, struct, subprocess, tempfile, termios, time

from _checks import check, end

PASID = os.environ["PASID"]

def pasid(*arguments, lines=None):
    done = subprocess.run([PASID, "shell", "linux-7.3", *arguments], input=lines, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def narrow(text):
    return all(len(line) <= 80 for line in text.splitlines() if not line.startswith(("> ", "pasid> ")))


with tempfile.TemporaryDirectory() as work:
    script, copy, trace = (os.path.join(work, n) for n in ("mail.txt", "again.txt", "trace.itf.json"))
    with open(script, "w") as f:
        f.write("# two processes\nstep process.create thread=T1 mm=A\nrun bond_mm(file1) == A\n\nstate\nsteps\nblocked\nworld\nhelp\n"
                f"save {trace}\nsave-script {copy}\nhistory\n")
    code, out, err = pasid("--script", script)
    check(code == 0 and not err and "bond_mm" in out and "1 process.create thread=T1 mm=A" in out, f"script: {code} {out} {err}")
    check(narrow(out), "a script's output is wider than 80 columns")
    check(not narrow("x" * 81), "the twin: a line too wide was not noticed")
    check(pasid("--script", script)[1] == out, "a script's output is not stable")

    # What a session saved leads to the same state, as a script and as a trace; a tampered script does not.
    _, state, _ = pasid(lines=f"source {script}\nstate\n")
    state = state.split("> state\n")[1]
    for line in (f"source {copy}", f"load {trace}"):
        code, out, _ = pasid(lines=line + "\nstate\n")
        check(code == 0 and out.split("> state\n")[1] == state, f"{line}: another state: {out}")
    with open(copy) as f:
        text = f.read()
    with open(copy, "w") as f:
        f.write(text.replace("step process.create thread=T1", "step process.create thread=T2"))
    code, out, err = pasid("--script", copy)
    check(code == 3 and err.count("\n") == 1 and f"{copy}:" in err and "is blocked by" in err, f"a tampered script: {code} {err}")

    # Mistakes: in a script file and line, and exit 3; piped, one line, and the session goes on.
    with open(copy, "w") as f:
        f.write("steps\nnonsense\n")
    code, _, err = pasid("--script", copy)
    check(code == 3 and err == f"pasid: {copy}:2: there is no command 'nonsense'; help lists them\n", f"a bad script: {code} {err}")
    code, out, _ = pasid(lines="nonsense\nstep 1\nhistory\n")
    check(code == 3 and "no command 'nonsense'" in out and "* 1" in out, f"piped: {code} {out}")
    check(pasid("--size", "Elephant=1")[0] == 3, "a sort that there is not was taken")

    # A JSON document for each answer.
    code, out, _ = pasid("--script", script, "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    check(code == 0 and [a["command"].split()[0] for a in answers] ==
          ["step", "run", "state", "steps", "blocked", "world", "help", "save", "save-script", "history"], f"JSON: {out[:300]}")
    check(answers[2]["state"]["bond_mm(file1)"] == "A", "JSON: the state")
    _, out, _ = pasid("--json", lines="nonsense\n")
    check("error" in json.loads(out), "JSON: a mistake")

    # A terminal.
    def terminal(keys, home):
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm", XDG_STATE_HOME=home)
            os.execv(PASID, [PASID, "shell", "linux-7.3"])
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        seen = b""

        def until(prompt, limit):
            nonlocal seen
            end = time.monotonic() + limit
            while time.monotonic() < end and seen.count(b"pasid> ") < prompt:
                if select.select([fd], [], [], 0.1)[0]:
                    try:
                        seen += os.read(fd, 65536)
                    except OSError:
                        return
        until(1, 20)
        for n, key in enumerate(keys):
            before = len(seen)
            os.write(fd, key)
            end = time.monotonic() + 5
            while time.monotonic() < end:
                if select.select([fd], [], [], 0.3)[0]:
                    try:
                        seen += os.read(fd, 65536)
                    except OSError:
                        break
                elif len(seen) > before:
                    break
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(fd)
        return code, seen.decode(errors="replace")

    code, seen = terminal([b"step process.cr\t", b"thread=T1 mm=A\n", b"nonsense\n", b"history\n", b"quit\n"], work)
    check(code == 0 and "process.create" in seen and "* 1" in seen and "no command 'nonsense'" in seen, f"terminal: {code} {seen}")
    code, seen = terminal([b"\x1b[A", b"\x1b[A", b"\n", b"quit\n"], work)
    check(code == 0 and "nothing was done yet" in seen, f"terminal: the history of another session is not there: {code} {seen}")

end(15)
