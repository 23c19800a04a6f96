import unittest

from millwright.masking import mask_arguments, strip_credentials


class Masking(unittest.TestCase):
    def test_hides_what_looks_like_a_secret(self):
        for given, expected in (
            (["--token", "abc"], ["--token", "***"]),
            (["--hf-token=abc"], ["--hf-token=***"]),
            (["--apiKey", "abc", "x"], ["--apiKey", "***", "x"]),
            (["-password", "p"], ["-password", "***"]),
            (["db_password=p"], ["db_password=***"]),
            (["++wandb.api_key=p"], ["++wandb.api_key=***"]),
            (["sk-abcdefghijklmnopqrst"], ["***"]),
            (["ghp_abcdefghijklmnopqrstuvwx"], ["***"]),
            (["AKIAABCDEFGHIJKLMNOP"], ["***"]),
            (["--db=postgres://ann:pw@host:5432/x"], ["--db=postgres://host:5432/x"]),
            (["https://host/a?sig=abc"], ["https://host/a"]),
        ):
            self.assertEqual(mask_arguments(given), expected)

    def test_leaves_what_is_needed_to_run_it_again(self):
        for plain in (
            ["python", "-m", "train", "--lr", "0.1"],
            ["--max-tokens", "512"],
            ["--maxTokens=512"],
            ["--tokenizer", "bpe"],
            ["--author", "ann"],
            ["--keyboard=us"],
            ["--monkey", "1"],
            ["data=https://host/a.csv"],
            ["--auth", "--verbose"],
        ):
            self.assertEqual(mask_arguments(plain), plain)

    def test_takes_user_and_password_out_of_addresses(self):
        self.assertEqual(strip_credentials("https://u:p@[::1]:8443/a.git?x=1#y"), "https://[::1]:8443/a.git")
        self.assertEqual(strip_credentials("git@github.com:team/a.git"), "git@github.com:team/a.git")
        self.assertEqual(strip_credentials("https://u:p@host:port/a"), "")
