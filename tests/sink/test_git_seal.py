from __future__ import annotations

from patcher.sink.git_seal import parent_of_ours, sealed

TREE, PARENT, OTHER = "a" * 40, "b" * 40, "c" * 40
WHO = "A U Thor <author@example.org> 1700000000 +0000"


def raw(message: str, *, tree: str = TREE, parents: tuple[str, ...] = (PARENT,)) -> bytes:
    head = [f"tree {tree}", *(f"parent {one}" for one in parents), f"author {WHO}"]
    return "\n".join([*head, f"committer {WHO}", "", message]).encode()


def test_a_commit_of_ours() -> None:
    message = sealed("Fix it\n\nbody \u00fc\n", TREE, PARENT)
    assert message.startswith("Fix it\n\nbody \u00fc\n\nHanna-Fix: ")
    assert parent_of_ours(raw(message)) == PARENT


def test_a_signature_and_another_committer_change_nothing() -> None:
    message = sealed("Fix it", TREE, PARENT)
    signed = raw(message).replace(
        b"committer A U Thor", b"gpgsig -----BEGIN\n tree x\n \n -----END\ncommitter Some One"
    )
    assert parent_of_ours(signed) == PARENT


def test_what_was_changed_since_is_not_ours() -> None:
    message = sealed("Fix it", TREE, PARENT)
    for changed in (
        raw(message, tree=OTHER),
        raw(message, parents=(OTHER,)),
        raw(message, parents=(PARENT, OTHER)),
        raw(message, parents=()),
        raw(message.replace("Fix it", "Fix all")),
        raw(f"{message}\nCo-authored-by: {WHO}\n"),
        raw("Fix it\n"),
        raw(""),
        b"",
    ):
        assert parent_of_ours(changed) is None
