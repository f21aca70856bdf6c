"""`pactwatch simulate`: the whole flow in memory."""

from typing import Annotated

import typer

from pipeline.commands.options import Config, Files, ProfileName

Stories = Annotated[
    bool,
    typer.Option(
        "--stories", help="After the alerts print each story as it is known in the end, one a line."
    ),
]


def simulate(
    files: Files, profile: ProfileName = None, config: Config = None, *, stories: Stories = False
) -> None:
    r"""Run the whole flow in memory over the articles in order and print one Alert a line. Needs no Kafka.

    With --stories the stories not forgotten by then follow, records as on the topic `stories`: these have `reports`, alerts have `alert_id`.
    It begins with no story known; `raised_at` is the time of the article that raised the alert.
    Exit code 1 if an item could not be read (it is named on stderr), 2 if a file could not.

    \b
    Examples:
      pactwatch simulate week.jsonl
      pactwatch simulate --stories week.jsonl | jq -r 'select(has("reports")) | [.story_id, .status] | @tsv'
      pactwatch simulate week.jsonl | jq -r '[.status, .headline, .why] | @tsv'
    """
    from pipeline.commands.offline import print_records
    from pipeline.topology import ALERTS

    print_records(files, ALERTS, config=config, profile=profile, stories_too=stories)
