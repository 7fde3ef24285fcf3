"""Which options there are, what their values may be, and what ``ssh -G`` prints where nobody sets them."""

from __future__ import annotations

from types import MappingProxyType

from desktop.ssh_config.values import Convert, choice, count, flag, port, seconds, text, true_or_false

# Options with one value.
SINGLE: MappingProxyType[str, Convert] = MappingProxyType(
    {
        "addressfamily": choice("any", "inet", "inet6"),
        "batchmode": flag,
        "bindaddress": text,
        "bindinterface": text,
        "canonicalizehostname": true_or_false("always"),
        "checkhostip": flag,
        "clearallforwardings": flag,
        "compression": choice("yes", "no"),
        "connectionattempts": count,
        "connecttimeout": seconds,
        "exitonforwardfailure": flag,
        "gatewayports": flag,
        "hashknownhosts": flag,
        "hostbasedauthentication": flag,
        "hostkeyalias": text,
        "hostname": text,
        "identitiesonly": flag,
        "identityagent": text,
        "ignoreunknown": text,
        "kbdinteractiveauthentication": flag,
        "nohostauthenticationforlocalhost": flag,
        "numberofpasswordprompts": count,
        "passwordauthentication": flag,
        "port": port,
        "preferredauthentications": text,
        "proxyusefdpass": flag,
        "pubkeyauthentication": true_or_false("unbound", "host-bound"),
        "requiredrsasize": count,
        "revokedhostkeys": text,
        "stricthostkeychecking": true_or_false("ask", "accept-new", off="false"),
        "tcpkeepalive": flag,
        "updatehostkeys": true_or_false("ask"),
        "user": text,
        "verifyhostkeydns": true_or_false("ask"),
    }
)
# Options that add up, one value a line, and how many there may be.
REPEATED: MappingProxyType[str, int] = MappingProxyType({"certificatefile": 100, "identityfile": 100})
# Options whose one line has several values, and how many there may be.
SEVERAL: MappingProxyType[str, int] = MappingProxyType({"globalknownhostsfile": 32, "userknownhostsfile": 32})
FORWARDS = frozenset({"dynamicforward", "localforward", "remoteforward"})
# Options that take the whole rest of their line.
COMMANDS = frozenset({"knownhostscommand", "proxycommand"})
JUMP = "proxyjump"
TAKEN = frozenset({*SINGLE, *REPEATED, *SEVERAL, *FORWARDS, *COMMANDS, JUMP})

ALIASES: MappingProxyType[str, str] = MappingProxyType(
    {
        "challengeresponseauthentication": "kbdinteractiveauthentication",
        "dsaauthentication": "pubkeyauthentication",
        "identityfile2": "identityfile",
        "keepalive": "tcpkeepalive",
        "skeyauthentication": "kbdinteractiveauthentication",
        "tisauthentication": "kbdinteractiveauthentication",
    }
)

# Options that don't matter to reaching and trusting a host. Their values are not looked at.
_PASSED_OVER = """
    addkeystoagent canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
    canonicalizepermittedcnames casignaturealgorithms channeltimeout ciphers controlmaster controlpath
    controlpersist enableescapecommandline enablesshkeysign escapechar fingerprinthash
    forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gssapiauthentication
    gssapiclientidentity gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange
    gssapirenewalforcesrekey gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms
    hostbasedkeytypes hostkeyalgorithms ipqos kbdinteractivedevices kexalgorithms localcommand loglevel
    logverbose macs obscurekeystroketiming permitlocalcommand permitremoteopen pkcs11provider
    pubkeyacceptedalgorithms pubkeyacceptedkeytypes refuseconnection rekeylimit remotecommand requesttty
    securitykeyprovider sendenv serveralivecountmax serveraliveinterval sessiontype setenv smartcarddevice
    stdinnull streamlocalbindmask streamlocalbindunlink syslogfacility tag tunnel tunneldevice
    versionaddendum visualhostkey warnweakcrypto xauthlocation
"""
PASSED_OVER = frozenset(_PASSED_OVER.split())
# Options that ssh itself passes over: of older versions, of other programs, or not built in.
_IGNORED_BY_SSH = """
    afstokenpassing cipher compressionlevel fallbacktorsh globalknownhostsfile2 kerberosauthentication
    kerberostgtpassing protocol protocolkeepalives rhostsauthentication rhostsrsaauthentication
    rsaauthentication setuptimeout useblacklistedkeys useprivilegedport userknownhostsfile2 useroaming
    usersh
"""
IGNORED_BY_SSH = frozenset(_IGNORED_BY_SSH.split())
ONLY_MACOS = frozenset({"usekeychain"})

DEFAULT_IDENTITY_FILES = tuple(
    f"~/.ssh/id_{kind}" for kind in ("rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa")
)
DEFAULT_USER_KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
SYSTEM_KNOWN_HOSTS = ("ssh_known_hosts", "ssh_known_hosts2")

# Printed where nobody sets them. The rest of `PRINTED` is left out then, or has a default that is not so plain.
DEFAULTS: MappingProxyType[str, str] = MappingProxyType(
    {
        "port": "22",
        "addressfamily": "any",
        "batchmode": "no",
        "canonicalizehostname": "false",
        "checkhostip": "no",
        "compression": "no",
        "clearallforwardings": "no",
        "exitonforwardfailure": "no",
        "gatewayports": "no",
        "hashknownhosts": "no",
        "hostbasedauthentication": "no",
        "identitiesonly": "no",
        "kbdinteractiveauthentication": "yes",
        "nohostauthenticationforlocalhost": "no",
        "passwordauthentication": "yes",
        "proxyusefdpass": "no",
        "pubkeyauthentication": "true",
        "stricthostkeychecking": "ask",
        "tcpkeepalive": "yes",
        "verifyhostkeydns": "false",
        "updatehostkeys": "false",
        "connectionattempts": "1",
        "numberofpasswordprompts": "3",
        "requiredrsasize": "1024",
        "connecttimeout": "none",
    }
)
# In the order of ssh -G.
_PRINTED = """
    host user hostname port addressfamily batchmode canonicalizehostname checkhostip compression
    clearallforwardings exitonforwardfailure gatewayports hashknownhosts hostbasedauthentication
    identitiesonly kbdinteractiveauthentication nohostauthenticationforlocalhost passwordauthentication
    proxyusefdpass pubkeyauthentication stricthostkeychecking tcpkeepalive verifyhostkeydns updatehostkeys
    connectionattempts numberofpasswordprompts requiredrsasize bindaddress bindinterface hostkeyalias
    identityagent ignoreunknown preferredauthentications revokedhostkeys knownhostscommand dynamicforward
    localforward remoteforward identityfile certificatefile globalknownhostsfile userknownhostsfile
    connecttimeout proxycommand proxyjump
"""
PRINTED = tuple(_PRINTED.split())
