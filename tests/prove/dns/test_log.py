"""nginx's error lines by kind."""

from __future__ import annotations

from patcher.prove.dns.log import kinds

LOG = """\
2025/11/21 11:12:43 [error] 22#22: *42 backend could not be resolved (3: Host not found), client
2025/11/21 11:12:48 [error] 22#22: *41 frontend could not be resolved (3: Host not found), client
2025/11/21 11:14:13 [error] 22#22: *45 backend could not be resolved (110: Operation timed out)
2025/11/21 11:14:13 [error] 22#22: *45 connect() failed (111: Connection refused) while connecting
2025/11/21 11:14:13 [error] 22#22: *45 no resolver defined to resolve backend, client: 127.0.0.1
2025/11/21 11:14:13 [emerg] 22#22: host not found in upstream "backend" in /etc/nginx/nginx.conf:9
2025/11/21 11:14:13 [crit] 22#22: *45 something else
2025/11/21 11:14:13 [warn] 22#22: *45 no error
"""


def test_kinds() -> None:
    assert kinds(LOG) == {
        "could not be resolved (3: Host not found)": 2,
        "could not be resolved (110: Operation timed out)": 1,
        "connect() failed (111: Connection refused)": 1,
        "no resolver defined to resolve": 1,
        "host not found in upstream": 1,
        "other errors": 1,
    }
