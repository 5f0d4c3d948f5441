"""Credentials on the command line are used, and no traceback shows them."""

from __future__ import annotations

import pytest

REMOTE = "http://alice:hunter2secret@127.0.0.1:9/wd/hub"
CAPABILITIES = '{"cloud:options": {"userName": "alice@example.org", "accessKey": "k3y-0123456789"}}'
SECRETS = ("alice", "hunter2secret", "k3y-0123456789")


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_failing_test_that_holds_the_configuration_shows_none(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    """Local variables are shown, and the server's address arrives whole, in workers as well."""
    pytester.makepyfile("""
        from pytest_visualdiff.browsers.remote import address_of

        def test_it(request, visualdiff_config):
            config, option = request.config, request.config.option
            called, known = config.invocation_params, config.known_args_namespace
            namespace, listed = vars(option), [config.getoption("visualdiff_remote")]
            assert len(address_of(visualdiff_config["remote"])[2]) == 13
            assert (len(visualdiff_config["capabilities"]["cloud:options"]["accessKey"])) == 14
            assert not repr((option, called, known, namespace, listed))
    """)
    result = pytester.runpytest_subprocess(
        *(f"--visualdiff-remote={REMOTE}", f"--visualdiff-capabilities={CAPABILITIES}"),
        *("--showlocals", "-vv", *workers),
    )
    told = result.stdout.str() + result.stderr.str()
    assert "assert not repr((option" in told
    assert "visualdiff_remote" in told
    assert "127.0.0.1:9" in told
    assert not [secret for secret in SECRETS if secret in told]
