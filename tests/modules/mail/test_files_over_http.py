"""Files of messages over HTTP: which are shown in the page, under which names, and how many of them."""

import time

from modules.mail.files import archive_names


def test_a_message_of_thousands_of_files_with_one_name_is_packed_without_delay() -> None:
    started = time.process_time()
    names = archive_names(["a.bin"] * 20_000)
    assert names[0] == "a.bin" and names[-1] == "a (20000).bin" and len(set(names)) == 20_000
    assert time.process_time() - started < 2


def test_names_that_a_file_system_takes_for_one_are_made_different() -> None:
    assert archive_names(["A.txt", "a.txt", "a (2).txt", "a.txt"]) == [
        "A.txt",
        "a (2).txt",
        "a (2) (2).txt",
        "a (3).txt",
    ]
