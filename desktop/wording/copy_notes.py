"""What is said beside a text that a person copies, where it does not do all that the connection asks for."""

from __future__ import annotations

from desktop.core.copy_text import CopyNote, NoteKind

_SENTENCES = {
    NoteKind.NAME_NOT_CHECKED: (
        "Checks who issued the certificate, not the name in it: to have both, let {name} lead to {host} in the hosts "
        "file, and write it in place of {host}."
    ),
    NoteKind.NOT_CHECKED: "Encrypted, but this program has no way to check the certificate: use another text.",
    NoteKind.HOSTS_LINE: "Needs the line “{host} {name}” in the hosts file, so that the certificate's name is checked.",
    NoteKind.NAME_UNKNOWN: (
        "Say in the connection which name is in the certificate: a program that checks it will not take {host}."
    ),
    NoteKind.LIBPQ_ONLY: (
        "For programs that use libpq. Others take no notice of hostaddr: let {name} lead to {host} in the hosts file."
    ),
    NoteKind.LIBPQ_16: "sslrootcert=system needs libpq 16 or later: name a file of authorities for an older one.",
    NoteKind.TRUST_STORE: (
        "Takes no file of authorities: add {ca_file} to the trust store of Java, the system or the program first."
    ),
}

_TITLES = {
    NoteKind.NAME_NOT_CHECKED: "The certificate's name is not checked",
    NoteKind.NOT_CHECKED: "The certificate is not checked",
    NoteKind.HOSTS_LINE: "Needs a line in the hosts file",
    NoteKind.NAME_UNKNOWN: "The certificate's name is missing",
    NoteKind.LIBPQ_ONLY: "For programs that use libpq",
    NoteKind.LIBPQ_16: "Needs libpq 16",
    NoteKind.TRUST_STORE: "Needs an entry in the trust store",
}


def note_title(note: CopyNote) -> str:
    """A few words, without a full stop, for beside the text; the sentence stands where there is room for it."""
    return _TITLES[note.kind]


def note_sentence(note: CopyNote) -> str:
    """One plain sentence or a few, for below the text."""
    sentences = (_SENTENCES[kind] for kind in (note.kind, *note.more))
    return " ".join(sentences).format(name=note.name, host=note.host, ca_file=note.ca_file)
