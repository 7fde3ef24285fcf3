"""The options of ssh(1) and ssh_config(5), sorted by what they mean to a saved connection."""

from __future__ import annotations

# ssh(1), SYNOPSIS: the letters that take an argument, and those that stand alone.
WITH_ARGUMENT = frozenset("BbcDEeFIiJLlmOopPQRSWw")
FLAGS = frozenset("1246AaCfGgKkMNnqsTtVvXxYy")

# ssh_config(5), IdentityFile. ssh tries all of them, in ~/.ssh; where one has to be chosen, the youngest kind is the
# likeliest.
USUAL_IDENTITIES = ("id_ed25519", "id_ecdsa", "id_rsa")

# Autossh's own options, autossh(1); the rest of its command line is ssh's.
AUTOSSH_WITH_ARGUMENT = frozenset("M")
AUTOSSH_FLAGS = frozenset("1V")

# These say what Caponier does anyhow: no shell, in the background, quietly or not.
SILENT_LETTERS = frozenset("NfnTtqvakxyeE12")

# These change which host is reached, how, or what else listens; leaving them out in silence would mislead.
NOT_TAKEN_LETTERS = frozenset("FRWbBgwIP")

SILENT_KEYS = frozenset(
    {
        "batchmode",
        "clearallforwardings",
        "connectionattempts",
        "connecttimeout",
        "escapechar",
        "exitonforwardfailure",
        "forkafterauthentication",
        "identitiesonly",
        "loglevel",
        "numberofpasswordprompts",
        "passwordauthentication",
        "pubkeyauthentication",
        "requesttty",
        "serveralivecountmax",
        "serveraliveinterval",
        "sessiontype",
        "stdinnull",
        "tcpkeepalive",
    }
)

NOT_TAKEN_KEYS = frozenset(
    {
        "bindaddress",
        "bindinterface",
        "certificatefile",
        "gatewayports",
        "globalknownhostsfile",
        "hostkeyalias",
        "identityagent",
        "knownhostscommand",
        "pkcs11provider",
        "remoteforward",
        "stricthostkeychecking",
        "tunnel",
        "userknownhostsfile",
    }
)
