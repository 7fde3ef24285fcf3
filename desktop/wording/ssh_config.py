"""Sentences about the person's ssh_config, and the page of help on how it is resolved."""

from __future__ import annotations

from desktop.core.errors import Cause
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.wording.sentences import Sentence

_PROBLEMS = {
    SshConfigProblem.BAD_FORWARD: "{part} is not a forward. It must look like: LocalForward 15432 db.internal:5432",
    SshConfigProblem.BAD_INCLUDE: "{part} starts with ~, which has no meaning in a file of the whole system. Write"
    " the whole path.",
    SshConfigProblem.BAD_JUMP: "{part} is not a list of jump hosts. It must look like: ProxyJump me@bastion:22",
    SshConfigProblem.BAD_MATCH: "Match does not understand {part}. It takes all, or host, originalhost, user,"
    " localuser and exec, each with a value, and final and canonical.",
    SshConfigProblem.BAD_VALUE: "{part} is no value for this option. ssh_config(5) lists what it takes.",
    SshConfigProblem.EXTRA_WORDS: "{part} has more values than it takes. A value with spaces needs double quotes.",
    SshConfigProblem.JUMP_LOOP: "{part} would be its own jump host. Write ProxyJump none above, in a Host block for"
    " {part}.",
    SshConfigProblem.MISSING_VALUE: "{part} has no value. Add one, or remove the line.",
    SshConfigProblem.TOO_MANY: "{part} is given too often for ssh. Remove some of its lines.",
    SshConfigProblem.UNBALANCED_QUOTES: "A quote is opened and never closed. Add the missing {part} to the line.",
    SshConfigProblem.UNKNOWN_OPTION: "ssh has no option {part}. Check its spelling; if another program needs it, put"
    " IgnoreUnknown {part} above it.",
    SshConfigProblem.UNKNOWN_TOKEN: "{part} has no meaning in this option. For a percent sign, write %%",
    SshConfigProblem.UNKNOWN_USER: "There is no user {part} on this computer, so that their home folder is unknown.",
    SshConfigProblem.UNSET_VARIABLE: "The environment has no variable {part}. Set it before Caponier starts, or write"
    " the value itself.",
}
_ANY_PROBLEM = "Compare the line with ssh_config(5)."


def _invalid_advice(cause: Cause) -> str:
    problem = cause.fact("problem")
    known = problem in set(SshConfigProblem) and cause.fact("part")
    text = _PROBLEMS[SshConfigProblem(problem)] if known else _ANY_PROBLEM
    return text if text.endswith(".") else f"{text}."


SENTENCES = {
    "ssh_config_invalid": Sentence("Line {line} of {path} can't be used", _invalid_advice),
    "ssh_config_loop": Sentence(
        "The ssh configuration includes itself",
        "{path} is included from more than {depth} files deep. Remove the Include that leads back to a file that is"
        " being read already.",
    ),
    "ssh_config_jump_loop": Sentence(
        "The jump hosts lead back to one another",
        "Each of these would be reached through the next: {chain}. Line {line} of {path} closes the circle. Give the"
        " server that can be reached directly a Host block of its own, above the others, with ProxyJump none.",
    ),
    "ssh_config_no_method": Sentence(
        "The ssh configuration leaves no way to log in to {alias}",
        "Caponier can log in with publickey, keyboard-interactive and password. Line {line} of {path} allows none of"
        " these; BatchMode takes away the last two. Allow one of them.",
    ),
    "ssh_config_unreadable": Sentence(
        "{path} can't be read",
        "Reason: {reason}. Check the path, the permissions of the file, and the Include lines that lead to it.",
    ),
    "ssh_config_too_large": Sentence(
        "The ssh configuration is too large",
        "With {path}, there would be more than {limit} to read. Check whether that is the right file, and whether"
        " files include each other over and over.",
    ),
    "ssh_config_untrusted": Sentence(
        "{path} could have been changed by somebody else",
        "Others can write to {changeable}, so that its commands and hosts may not be yours. Take that right away, as"
        " in: chmod go-w {changeable}.",
    ),
    "ssh_config_command_failed": Sentence(
        "The command of Match exec gave no answer",
        "Line {line} of {path}: {reason}. Try the command in a terminal, or take its block out of the file.",
    ),
}

RESOLVE_HELP = """\
Prints what ssh would use for an alias of ssh_config(5), as ssh -G does: one option a line, or one JSON object, in
which an option that ssh -G prints more than once has a list. For a file that can't be used, the object has a code.

Where it differs from ssh -G, and why:

not printed      Ciphers, MACs, KexAlgorithms and the other lists of algorithms: Caponier offers those of its own.
                 ServerAliveInterval and ServerAliveCountMax: it has keep-alives of its own. What concerns shells,
                 X11, agents for the other side, control sockets, terminals and logs: a tunnel has none of them.
                 Their values are not checked either.
host names       are not looked up. CanonicalizeHostname has the files read twice, but CanonicalDomains and
                 CanonicalizePermittedCNAMEs are passed over: an answer must not depend on the network.
Match            knows host, originalhost, user, localuser, exec, final, canonical and all. Criteria of newer versions
                 (localnetwork, tagged, command, version, sessiontype) are errors, as they are for OpenSSH 9.2.
Match exec       runs only where nobody else can write to the file or to a folder on the way to it, for at most ten
                 seconds, and not in an Include that does not apply. ssh asks for less and waits for ever. Never on
                 Windows, where a file does not say who can write to it.
DynamicForward   A LocalForward to a Unix socket is not printed as one as well; ssh -G does so by a slip.
Include          of a folder, of something that is no file, or of a file that can't be read is an error; so is such a
                 file in place of ~/.ssh/config. ssh passes over a folder, and over its own files.
size             More than 8 MiB in all is an error.
~/.ssh/config    is looked for below $HOME; ssh asks the password database only. Both say the same nearly always.
writable files   of a group that has only you in it are accepted, as by Debian's and Ubuntu's ssh, not by others.
versions         OpenSSH 9.2 is the model, also for the identity files that are tried where none is set. Others differ
                 from it here and there.
newer options    than those of OpenSSH 9.2 are passed over, also where the ssh installed here does not know them.
tokens           are those of OpenSSH 9.2: %j is unknown, %C leaves out jump hosts, User is taken literally.
mistakes         The first one ends it. ssh lists all of a file.
Windows          ~somebody is unknown; permissions are not checked.
"""
