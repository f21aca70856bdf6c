"""`pactwatch simulate`: the whole flow in memory."""

from pipeline.commands.options import Config, Files, ProfileName


def simulate(files: Files, profile: ProfileName = None, config: Config = None) -> None:
    r"""Run the whole flow in memory over the articles in order and print one Alert a line. Needs no Kafka.

    It begins with no story known; `raised_at` is the time of the article that raised the alert.
    Exit code 1 if an item could not be read (it is named on stderr), 2 if a file could not.

    \b
    Examples:
      pactwatch simulate week.jsonl
      pactwatch simulate week.jsonl | jq -r '[.status, .headline, .why] | @tsv'
    """
    from pipeline.commands.offline import print_records
    from pipeline.topology import ALERTS

    print_records(files, ALERTS, config=config, profile=profile)
