"""Jump hosts, forwards, Match, Include, and what is rare."""

from __future__ import annotations

from tests.integration.ssh_configs.case import Case

BLOCKS = [
    Case(
        "jump hosts",
        """
        Host one
            ProxyJump bastion
        Host full
            ProxyJump me@bastion.example.com:2222
        Host chain
            ProxyJump first,me@second:22,ssh://you@third:2200
        Host six
            ProxyJump me@[2001:db8::1]:2222
        Host bare
            ProxyJump [::1]
        Host four
            ProxyJump 192.0.2.1
        Host none
            ProxyJump none
            ProxyCommand nc %h %p
        Host command
            ProxyCommand nc %h %p
            ProxyJump bastion
        Host nocommand
            ProxyCommand none
            ProxyJump bastion
        Host both
            ProxyJump bastion
            ProxyCommand nc %h %p
        Host uri
            ProxyJump ssh://me%40corp;x=y@bastion/
        Host comment
            ProxyJump a,b # c,d
        Host gap
            ProxyJump a b
        Host nonecomment
            ProxyJump none # really
        Host twice
            ProxyJump none
            ProxyJump a
            ProxyCommand nc %h %p
        Host at
            ProxyJump me@corp@bastion
        Host colon
            ProxyJump bastion:
        Host selfuser
            ProxyJump me@selfuser
        Host selfport
            ProxyJump selfport:2222
        Host equal
            ProxyJump = bastion
        Host *
            ProxyJump everybody
        """,
        (
            "one",
            "full",
            "chain",
            "six",
            "bare",
            "four",
            "none",
            "command",
            "nocommand",
            "both",
            "uri",
            "comment",
            "gap",
            "nonecomment",
            "twice",
            "at",
            "colon",
            "equal",
            "selfuser",
            "selfport",
            "x",
        ),
    ),
    Case(
        "local forwards",
        """
        Host a
            LocalForward 8080 db.internal:5432
            LocalForward 127.0.0.1:8081 db.internal:5432
            LocalForward [::1]:8082 [2001:db8::2]:5432
            LocalForward *:8083 db.internal:5432
            LocalForward 8080 db.internal:5432
        Host b
            LocalForward /tmp/%h.sock db:5432
            LocalForward "8085" "db:https"
            RemoteForward 9000 localhost:80
            RemoteForward 9001
            RemoteForward 0 localhost:81
            RemoteForward /tmp/remote.sock
            RemoteForward 9002:/tmp/here.sock
            RemoteForward [::1]:9003
            DynamicForward 1080
            DynamicForward [::1]:1081
        Host c
            LocalForward 8080 db:5432
            ClearAllForwardings yes
        Host *
            LocalForward 9999 last:9
        """,
        ("a", "b", "c", "d"),
    ),
    Case(
        "match by host",
        """
        Match host web*,db* user ada
            Port 1
        Match originalhost short
            HostName short.example.com
        Match host *.example.com
            User long
        Match host SHORT.EXAMPLE.COM
            Port 2
        Match host="*,!web9"
            HostKeyAlias any
        """,
        ("web1", "short", "Short", "ada@web1", "web9", "x.example.com"),
    ),
    Case(
        "match by user, after and before it is set",
        """
        Match user ada
            Port 1
        Host a
            User ada
        Match user ada
            HostKeyAlias late
        Match !user ada,bob
            HostKeyAlias others
        """,
        ("a", "b", "ada@b", "bob@b", "ADA@b"),
    ),
    Case(
        "match by local user", "Match localuser root,me\n  Port 1\nMatch !localuser root\n  Port 2\n", ("a",)
    ),
    Case("match all", "Match all\n  User all\nMatch !all\n  Port 3\n", ("a",)),
    Case(
        "match exec",
        """
        Match host a exec "true"
            User true
        Match exec "test %n = b -a %p = 22 -a %r != nobody"
            User b
        Match !exec "exit 3"
            Port 3
        Match exec "test '%h' = c.example.com"
            HostKeyAlias never
        Match host nobody exec "touch {dir}/ran"
            User nobody
        """,
        ("a", "b", "c"),
    ),
    Case(
        "match final",
        """
        Host a
            HostName a.example.com
        Match final host *.example.com
            User final
            Port 77
        Host a.example.com
            HostKeyAlias second-pass
        Match !final
            ConnectTimeout 1
        Match canonical
            ConnectTimeout 2
            BindAddress 192.0.2.9
        Host *
            IdentityFile ~/.ssh/once
            LocalForward 80 a:80
        """,
        ("a", "b", "a.example.com"),
    ),
    Case("match final all", "Host a\n  HostName B.example\nMatch final all\n  User last\n", ("a", "c")),
    Case("match canonical without a second pass", "Match canonical all\n  User last\n", ("a",)),
    Case("match with a comment", "Match host a # host b\n  User a\nMatch all # all\n  Port 4\n", ("a", "b")),
    Case(
        "match with equal signs",
        'Match host=a user="ada"\n  Port 4\nMatch host = b\n  Port 5\n',
        ("ada@a", "b"),
    ),
    Case(
        "include",
        """
        Include extra
        Host a
            User outer
            Include deep/*.conf missing
        Host b
            Port 3
        """,
        ("a", "b", "c"),
        {
            "extra": "Host c\n  User extra\n",
            "deep/1.conf": "Port 1\nHost b\n  User never\nMatch host a\n  HostKeyAlias one\n",
            "deep/2.conf": "HostName two.example.com\nInclude deep/inner/[ab]?\n",
            "deep/inner/a1": "BindAddress 192.0.2.1\n",
            "deep/inner/b2": "BindAddress 192.0.2.2\nIdentityFile ~/.ssh/b2\n",
            "deep/inner/c3": "IdentityFile ~/.ssh/c3\n",
            "deep/.hidden.conf": "User hidden\n",
        },
    ),
    Case(
        "an include does not end a block",
        """
        Host a
            Include inner
            User ada
        """,
        ("a", "b"),
        {"inner": "Host b\n  Port 5\nHost *\n"},
    ),
    Case(
        "include by home and whole path",
        'Include ~/.ssh/one {dir}/two\nInclude "with space"\n',
        ("a",),
        {"one": "User one\n", "two": "Port 2\n", "with space": "HostKeyAlias spacious\n"},
    ),
    Case(
        "match final in an include that is not for us",
        """
        Host nobody
            Include inner
        Host a
            HostName b
        Host b
            User second
        """,
        ("a",),
        {"inner": "Match final\n  Port 9\n"},
    ),
    Case(
        "unknown options, ignored",
        "IgnoreUnknown Use*,fancy\nUseKeychain yes\nFancy a b c\nUser ada\n",
        ("a",),
    ),
    Case(
        "authentications",
        "PreferredAuthentications publickey,password\nNumberOfPasswordPrompts 1\nConnectionAttempts 3\n",
        ("a",),
    ),
    Case(
        "user names",
        "Host a\n  User me%corp\nHost b\n  User CORP\\\\me\nHost c\n  User me@corp\n",
        ("a", "b", "c"),
    ),
    Case("names beyond ASCII", "Host bücher\n  HostName Bücher.Example\n  User jürgen\n", ("bücher", "x")),
    Case("host key aliases are lowered", "HostKeyAlias Big.Example\n", ("a",)),
    Case("revoked keys", "Host a\n  RevokedHostKeys ~/r/%h\nHost b\n  RevokedHostKeys none\n", ("a", "b")),
    Case("canonical names", "CanonicalizeHostname no\nCanonicalDomains example.com\nUser ada\n", ("a",)),
    Case("a proxy command of none", "Host a\n  ProxyCommand NONE\nHost *\n  ProxyCommand nc\n", ("a", "b")),
    Case("blanks before and behind", "   Host    a   b  \n \t User\t\tada\t \n", ("a", "b", "c")),
    Case("what follows a null is not seen", "User ada\0 and more\nPort 3\n", ("a",)),
]
