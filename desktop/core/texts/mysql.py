"""MySQL, MariaDB, and what speaks their protocol."""

from __future__ import annotations

from desktop.core.copy_escapes import shell_word
from desktop.core.copy_template import Template
from desktop.core.warehouse_kind import Texts

MYSQL = Texts(
    url=Template("mysql://[{user}@]{address}[/{database}]"),
    jdbc=Template("jdbc:mysql://{address}/[{database}]"),
    command=Template(
        "mysql --protocol=TCP -h {host} -P {port}[ -u {user}] -p[ {database}]", escape=shell_word
    ),
)
MARIADB = Texts(
    url=Template("mariadb://[{user}@]{address}[/{database}]"),
    jdbc=Template("jdbc:mariadb://{address}/[{database}]"),
    command=Template(
        "mariadb --protocol=TCP -h {host} -P {port}[ -u {user}] -p[ {database}]", escape=shell_word
    ),
)
