"""What `hm3 check --connect` finds out about the submission server."""

from dataclasses import replace

import pytest

from core import Line, Port, Secret, UpstreamError, WrongOption
from demo.ports import free_ports
from demo.submission import Submission
from modules.smtp.config import Authentication, SmtpConfig
from modules.smtp.connection import try_server
from tests.modules.smtp.test_servers import implicit
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


def test_a_submission_server_that_is_right_answers(submission: Submission, mail_user: MailUser) -> None:
    fixed = replace(
        implicit(submission),
        authentication=Authentication.FIXED,
        username=Line(mail_user.name),
        password=Secret(mail_user.password),
    )
    for config in (implicit(submission), fixed):
        assert try_server(config) == f"The submission server localhost at port {submission.tls_port} answers."


def test_a_wrong_password_of_hm3_ini_is_told_without_it(submission: Submission, mail_user: MailUser) -> None:
    config = replace(
        implicit(submission),
        authentication=Authentication.FIXED,
        username=Line(mail_user.name),
        password=Secret("hush-hush"),
    )
    with pytest.raises(WrongOption, match="does not accept") as wrong:
        try_server(config)
    assert wrong.value.option == "password"
    assert "hush-hush" not in str(wrong.value)


def test_a_certificate_of_a_stranger_is_told(submission: Submission) -> None:
    with pytest.raises(UpstreamError, match="is not trusted"):
        try_server(replace(implicit(submission), ca_file=None))


def test_a_closed_port_is_told() -> None:
    with pytest.raises(UpstreamError, match="cannot be reached"):
        try_server(SmtpConfig(host=Line("localhost"), port=Port(free_ports(1)[0])))
