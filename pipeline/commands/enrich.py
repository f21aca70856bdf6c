"""`pactwatch enrich`: articles to tagged articles, with no Kafka."""

from pipeline.commands.options import Config, Files, ProfileName


def enrich(files: Files, profile: ProfileName = None, config: Config = None) -> None:
    r"""Print one TaggedArticle a line for each article, in input order. Needs no Kafka.

    Exit code 1 if an item could not be read (it is named on stderr), 2 if a file could not.

    \b
    Examples:
      pactwatch enrich article.txt
      pactwatch enrich news.jsonl | jq -c '.events[] | [.type, .mode, .modality]'
      zcat archive.jsonl.gz | pactwatch enrich -
    """
    from pipeline.commands.offline import print_records
    from pipeline.topology import STAGES, TAGGED

    print_records(files, TAGGED, config=config, profile=profile, stages=STAGES[:2])
