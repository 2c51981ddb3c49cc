"""What a voice says for Markdown."""

from __future__ import annotations

import pytest

from services.speech.text import speakable

CASES = [
    # emphasis, headings, quotes
    ("This is **very** *important*, ***really***.", "This is very important, really."),
    ("## Title\n\nText.", "Title. Text."),
    ("> Somebody\n> said so.\n", "Somebody said so."),
    ("One\n\n---\n\nTwo\n", "One. Two."),
    ("Half of it: **very", "Half of it: very"),
    ("important** thing.", "important thing."),
    ("Title\n===\n", "Title."),
    # lists
    ("- foo\n", "foo."),
    ("- foo\n- bar!\n", "foo. bar!"),
    ("    - deep `my_function()` here\n", "deep my function here."),
    ("3. Third\n", "3: Third."),
    ("- [ ] open\n- [x] shut\n", "To do: open. Done: shut."),
    ("• foo\n• bar\n", "foo. bar."),
    # links and images
    ("See [the *docs*](https://x.y/z?a=b).", "See the docs."),
    ("See [the docs][1].\n\n[1]: https://x.y", "See the docs."),
    ("At https://www.example.com/path?x=1.", "At example.com."),
    ("At <https://example.com/a> or www.example.org.", "At example.com or example.org."),
    ("Mail a.b@example.com now.", "Mail a.b at example.com now."),
    ("![A *red* cat](cat.png) sat.", "A red cat sat."),
    # code
    ("```python\nx = 1\ny = 2\n```\n", "A Python code block of 2 lines."),
    ("```\nx\n```\n", "A code block of one line."),
    ("~~~html\n<p>\n~~~\n", "An HTML code block of one line."),
    ("1. Do:\n   ```sh\n   ls\n   ```\n", "1: Do: A Shell code block of one line."),
    ("```js\nlet half", "A JavaScript code block."),
    ("let rest = 1;\nmore();\n```\n", ""),
    ("Call `os.path.join(a, b)` or `getUserName`.", "Call os path join a b or get User Name."),
    ("Use `git commit -m \"x\"` and `--flag=value`.", "Use git commit m x and flag equals value."),
    ("Edit `main.py` in `/etc/my_app`.", "Edit main.py in etc my app."),
    (f"So `{'a + ' * 40}a` it is.", "So a piece of code it is."),
    # tables
    ("| N | Age |\n|---|---|\n| Ada | 36 |\n| Ben | ✅ |\n", "N: Ada, Age: 36. Ben, Age: Yes."),
    ("| c | d |\n| e | |\n", "c, d. e."),
    # formulas
    ("$x^2 + y^2 = z^{10}$", "x squared plus y squared equals z to the power of 10"),
    ("$\\frac{a}{b} \\cdot \\sqrt{2}$", "a over b times the square root of 2"),
    ("\\[\n\\sum_{i=1}^{n} x_i\n\\]\n", "the sum from i equals 1 to n of x i."),
    ("\\(\\alpha \\leq \\foo\\) and $90^\\circ$", "alpha at most foo and 90 degrees"),
    ("It costs $5 or $10.", "It costs 5 dollars or 10 dollars."),
    # HTML, entities, footnotes
    ("A<br>b &amp; <b>c</b> for <name>.", "A, b and c for name."),
    ("It is so.[^1][2]", "It is so."),
    ("[^1]: A note.\n", "A note."),
    # signs
    ("A -> B, x != y, a >= 3, c == d.", "A to B, x is not y, a at least 3, c equals d."),
    ("C#, C++, #1, @bob, and/or, R&D.", "C sharp, C plus plus, number 1, bob, and or, R and D."),
    ("~5 km/h at 20 °C.", "about 5 kilometers per hour at 20 degrees Celsius."),
    ("5-10 items, 1/2 cup, 5/6, 24/7.", "5 to 10 items, one half cup, 5 over 6, 24 7."),
    ("5 × 3 = 15, 2^3, x², H₂O, a * b", "5 times 3 equals 15, 2 cubed, x squared, H2O, a times b"),
    ("Settings > Privacy, 3 > 2, File → Save", "Settings, Privacy, 3 greater than 2, File, Save"),
    ("C:\\Users\\ada, snake_case, 555-1234", "C: Users ada, snake case, 555 1234"),
    ("On 2024-01-15, 10:30–11:00.", "On 2024 01 15, 10:30 to 11:00."),
    ("He said (quietly): \"no\"… and — then — left!", "He said, quietly: no… and, then, left!"),
    ("It’s done 😊 👩‍👩‍👧 🇩🇪 ✨", "It's done"),
    ("😊", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("markdown", "said"), CASES)
def test_markdown_is_said_as_words(markdown, said):
    assert speakable(markdown, "en") == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Ein Python-Codeblock mit einer Zeile. 5 Euro und mindestens 3"),
        ("de-AT", "Ein Python-Codeblock mit einer Zeile. 5 Euro und mindestens 3"),
        ("es", "Un bloque de código Python de una línea. 5 euros y al menos 3"),
        ("fr", "Un bloc de code Python d’une ligne. 5 euros et au moins 3"),
        ("ja", "1行のPythonのコードブロック。 5 ユーロ と 以上 3"),
        # The voice says what is left in its own language.
        ("pt", "A Python code block of one line. 5 € & 3"),
    ],
)
def test_words_for_signs_are_of_the_language(language, said):
    assert speakable("```py\nx\n```\n\n5 € & ≥ 3", language) == said


@pytest.mark.parametrize(
    ("text", "announced"),
    [
        ("Der Code ist nicht lang:", "Ein Codeblock"),
        ("El código es muy corto para una lista:", "Un bloque de código"),
        ("Le code est dans la liste :", "Un bloc de code"),
        ("短いコードです。", "コードブロック"),
        ("Code:", "A code block"),
    ],
)
def test_an_unknown_language_is_guessed(text, announced):
    assert announced in speakable(f"{text}\n\n```\nx\n```\n")


def test_a_paragraph_that_goes_on_in_the_next_chunk_gets_no_stop():
    assert speakable("The capital of France ", "en") == "The capital of France"
    assert speakable("The capital of France\n", "en") == "The capital of France."


def test_the_rest_of_a_long_code_block_is_silent():
    middle = "    if value > 3:\n        call(value)  # as before\n    result = [1, 2]\n" * 20

    assert speakable(middle, "en") == ""
    assert speakable(f"{middle}```\n", "en") == ""
    assert speakable("A sentence that is just long. " * 60, "en") != ""
