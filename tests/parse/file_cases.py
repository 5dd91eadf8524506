"""What the tests of files share: one line, and the accounts of what became of a file's lines."""

LINE = '{"time":"2024-05-03T14:41:15Z","level":"info","event":"login","outcome":"success"}\n'


def counts(logs):
    assert logs.tally().holds
    total = logs.tally().total
    return {name: value for name in vars(total) if (value := getattr(total, name))}
