import io
import sys
import unittest
from unittest import mock

from millwright.output import MAX_PIECES, PIECE_BYTES, OutputPieces, unwatch_output, watch_output


class Output(unittest.TestCase):
    def setUp(self):
        self.sent = {}
        self.times = 0

        def send(path, content):
            self.sent[path] = content.decode()
            self.times += 1

        self.pieces = OutputPieces("1", send)

    def texts(self):
        return [line.split(" ", 3)[3] for _, content in sorted(self.sent.items()) for line in content.splitlines()]

    def test_sends_nothing_when_nothing_came(self):
        self.pieces.write("stdout", "a\n")
        self.pieces.flush()
        self.pieces.flush()
        self.assertEqual(self.times, 1)

    def test_keeps_what_a_progress_bar_shows_last(self):
        for text in ("\r10 %", "\r60", " %", "\r100 %\n", "next\r\n"):
            self.pieces.write("stderr", text)
        self.pieces.flush(is_last=True)
        self.assertEqual(self.texts(), ["100 %", "next"])

    def test_keeps_the_begin_and_the_end_of_too_much(self):
        line = "x" * 1000
        count = (MAX_PIECES + 20) * PIECE_BYTES // 1000
        for index in range(count):
            self.pieces.write("stdout", "%d %s\n" % (index, line))
            if index % 1000 == 0:
                self.pieces.flush()
        self.pieces.flush(is_last=True)
        texts = self.texts()
        self.assertTrue(texts[0].startswith("0 ") and texts[-1].startswith("%d " % (count - 1)))
        self.assertEqual(sum("left out here" in text for text in texts), 1)
        self.assertLess(sum(map(len, self.sent.values())), (MAX_PIECES + 3) * PIECE_BYTES)

    def test_cuts_a_line_without_end_and_text_that_is_no_unicode(self):
        self.pieces.write("stdout", "y" * 100_000)
        self.pieces.write("stdout", "\udc80\n")
        self.pieces.flush(is_last=True)
        self.assertLess(max(map(len, self.texts())), 9_000)

    def test_sees_who_holds_the_stream_already_and_leaves_it_as_it_was(self):
        stream = io.StringIO()
        wrapped = type("Stream", (), {"write": lambda self, text: stream.write(text), "flush": lambda self: None})()
        with mock.patch.object(sys, "stdout", wrapped):
            held = sys.stdout
            watch_output(self.pieces)
            print("seen", file=held)
            unwatch_output(self.pieces)
            print("unseen", file=held)
        self.assertNotIn("write", vars(wrapped))
        self.assertEqual(stream.getvalue(), "seen\nunseen\n")
        self.pieces.flush(is_last=True)
        self.assertEqual(self.texts(), ["seen"])
