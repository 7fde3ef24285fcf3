"""Which of a server's questions is the one for the password that Caponier may have saved."""

from __future__ import annotations

import re

# As PAM modules and LDAP servers put it, in the languages in which they often do.
_PASSWORD = re.compile(
    r"\bpasswor[dt]\b|\bkennwort\b|\bmot de passe\b|\bcontraseña\b|\bsenha\b|\bwachtwoord\b|\bhasło\b"
    r"|пароль|密码|密碼|パスワード",
    re.IGNORECASE,
)
# What is good for one login only, and what is to become a password.
_ANOTHER = re.compile(
    r"code|token|\b[th]?otps?\b|oath|one.?time|single.?use|verif|\bpin\b|\b[2m]fa\b|two.?factor|authenticator|yubi"
    r"|challenge|response|\bnew\b|\bold\b|change|expire|retype|repeat|again|reset",
    re.IGNORECASE,
)


def is_password_prompt(prompt: str, around: str = "") -> bool:
    """True where nothing but the account's password can be meant.

    `around` is what else the server says with it. A password given for a one-time code counts as a failed login.
    """
    return _PASSWORD.search(prompt) is not None and _ANOTHER.search(f"{prompt}\n{around}") is None
