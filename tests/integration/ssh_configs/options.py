"""Lines, words and single options."""

from __future__ import annotations

from tests.integration.ssh_configs.case import Case

OPTIONS = [
    Case("nothing", "", ("bastion", "BASTION.Example.COM", "127.1", "2001:DB8:0::1", "::1", "me@bastion")),
    Case("only comments", "# a comment\n\n   # another\n\t#third\n", ("a",)),
    Case(
        "first value wins",
        """
        Host bastion
            HostName 10.0.0.1
            User first
            Port 2200
        Host *
            User second
            Port 2201
            Port 2202
        """,
        ("bastion", "other", "third@bastion"),
    ),
    Case(
        "patterns",
        """
        Host *.example.com !secret.example.com
            User web
        Host web? db-??
            User short
        Host *a*b*c
            User stars
        Host !*.net *
            Port 99
        """,
        ("www.example.com", "secret.example.com", "web1", "web12", "db-01", "xaybzc", "abcd", "a.net", "h"),
    ),
    Case("case counts in Host", "Host Web\n  User upper\nHost web\n  User lower\n", ("web", "Web", "WEB")),
    Case("only negated patterns", "Host !other\n  User never\n", ("a", "other")),
    Case(
        "equal signs and tabs",
        "Host=bastion\n\tUser = ada\n\tPort=\t2222\n\tHostName\t=\t10.1.1.1\n  IdentityFile  =~/.ssh/a=b\n",
        ("bastion",),
    ),
    Case("leading equal sign", "=User ada\n", ("a",)),
    Case("carriage returns", "Host bastion\r\n  User ada\r\n  Port 2222\r\n\r\n# c\r\n", ("bastion", "b")),
    Case("form feed at the end of a line", "User ada\f\nPort 2222 \f\n", ("a",)),
    Case("no newline at the end", "Host a\n  User ada", ("a",)),
    Case("keywords in any case", "HOST a\n  uSER ada\n  PORT 44\n  hostNAME h\n", ("a",)),
    Case(
        "quotes",
        """
        Host "my bastion" 'single' a"b"c
            User "ada lovelace"
            IdentityFile "~/.ssh/my key"
            IdentityFile '~/.ssh/other key'
            IdentityFile ~/.ssh/third\\ key
            IdentityFile ~/.ssh/back\\\\slash
            IdentityFile ~/.ssh/back\\slash
        Host plain
            "User" "quoted keyword"
        """,
        ("single", "abc", "plain"),
    ),
    Case("an unclosed quote in front of a keyword hides the line", '"User ada\nPort 5\n', ("a",)),
    Case("comments behind values", "Host a # b\n  User ada # lovelace\n", ("a", "b")),
    Case("a hash within a word", "User a#b\nIdentityFile ~/#c\n", ("a",)),
    Case("names of services as ports", "Port https\n", ("a",)),
    Case("signs and zeros in ports", "Host a\n Port +0022\nHost b\n Port 00443\n", ("a", "b")),
    Case(
        "every flag and its spellings",
        """
        Host yes
            IdentitiesOnly yes
            HashKnownHosts true
            StrictHostKeyChecking yes
            BatchMode yes
            PasswordAuthentication TRUE
            PubkeyAuthentication Yes
            Compression yes
            CheckHostIP yes
            VerifyHostKeyDNS yes
            GatewayPorts yes
        Host no
            IdentitiesOnly no
            HashKnownHosts false
            StrictHostKeyChecking off
            PasswordAuthentication no
            PubkeyAuthentication false
            KbdInteractiveAuthentication no
            ExitOnForwardFailure yes
            TCPKeepAlive no
        Host ask
            StrictHostKeyChecking ask
            VerifyHostKeyDNS ask
            UpdateHostKeys ask
            PubkeyAuthentication host-bound
        Host new
            StrictHostKeyChecking accept-new
            PubkeyAuthentication unbound
        """,
        ("yes", "no", "ask", "new"),
    ),
    Case(
        "older names of options",
        """
        KeepAlive no
        ChallengeResponseAuthentication no
        DSAAuthentication no
        IdentityFile2 ~/.ssh/old
        Protocol 2,1
        Cipher blowfish
        UseRoaming no
        RSAAuthentication yes
        """,
        ("a",),
    ),
    Case(
        "times",
        """
        Host a
            ConnectTimeout 90
        Host b
            ConnectTimeout 1m30s
        Host c
            ConnectTimeout 1W2D3h4M5
        Host d
            ConnectTimeout none
        Host e
            ConnectTimeout 0
        Host *
            ConnectTimeout 7
        """,
        ("a", "b", "c", "d", "e", "f"),
    ),
    Case(
        "addresses and families",
        """
        Host a
            AddressFamily inet
            BindAddress 192.0.2.1
        Host b
            AddressFamily INET6
            BindInterface eth0
        Host 127.1
            AddressFamily inet6
        """,
        ("a", "b", "c", "127.1"),
    ),
    Case(
        "repeated identity files",
        """
        Host a
            IdentityFile ~/.ssh/one
            IdentityFile ~/.ssh/two
            IdentityFile ~/.ssh/one
            CertificateFile ~/.ssh/one-cert.pub
            CertificateFile ~/.ssh/two-cert.pub
            CertificateFile ~/.ssh/one-cert.pub
        Host *
            IdentityFile ~/.ssh/all
            IdentityFile none
        """,
        ("a", "b"),
    ),
    Case(
        "tokens stay in identity files and commands",
        """
        IdentityFile ~/.ssh/%h/%r-%%-%q
        CertificateFile %d/${NOBODY_SET_THIS}
        ProxyCommand nc -X 5 -x "proxy:1080" %h %p # not a comment
        KnownHostsCommand /usr/bin/hosts %H 'x'
        """,
        ("a",),
    ),
    Case(
        "tokens in host names",
        """
        Host a b
            HostName %h.example.com
        Host c
            HostName 100%%.Example.com
        Host d
            HostName FE80::A
        Host e
            HostName 10.1
        Host f
            HostName 0X7F.1
        Host g
            HostName A%%B
        """,
        ("a", "b", "c", "d", "e", "f", "g", "X:Y", "1e3"),
    ),
    Case(
        "tokens in known hosts",
        """
        Host a
            HostName a.example.com
            User ada
            Port 2222
            UserKnownHostsFile ~/kh/%h-%n-%p-%r-%u ~/kh2/%L/%l/%i/%k %d/%C/%% /plain
            GlobalKnownHostsFile /etc/one ~/two/%h "/etc/th ree"
        Host b
            HostKeyAlias B-Alias
            UserKnownHostsFile ~/kh/%k
        Host c
            UserKnownHostsFile none
            GlobalKnownHostsFile NONE
        Host d
            UserKnownHostsFile ~/.ssh/known_hosts
        Host e
            UserKnownHostsFile ~
            VerifyHostKeyDNS yes
        Host f
            UserKnownHostsFile ~/first
            UserKnownHostsFile ~/second ~/third
        Host g
            UserKnownHostsFile # nothing
            UserKnownHostsFile //x/%h
        Host h
            UserKnownHostsFile # nothing at all
        """,
        ("a", "b", "c", "d", "e", "f", "g", "h"),
    ),
    Case(
        "variables",
        """
        UserKnownHostsFile ${HOME}/kh/${CORPUS_WORD} /x/${CORPUS_PERCENT}
        IdentityAgent ${HOME}/agent-%n
        LocalForward ${CORPUS_PORT} db:${CORPUS_PORT}
        """,
        ("a",),
    ),
    Case(
        "agents",
        """
        Host a
            IdentityAgent none
        Host b
            IdentityAgent SSH_AUTH_SOCK
        Host c
            IdentityAgent $CORPUS_UNSET
        Host d
            IdentityAgent ~/agents/%h/%r
        Host e
            IdentityAgent "~/Library/Group Containers/agent.sock"
        """,
        ("a", "b", "c", "d", "e"),
    ),
]
