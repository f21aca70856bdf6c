"""Archives to `articles.raw`: any number of files, in the order of their publication dates, with resume."""

from pipeline.backfill.archive import ArchiveFile, archive_files
from pipeline.backfill.backfill import Backfill
from pipeline.backfill.job import Bounds, Job, JobError, Progress
from pipeline.backfill.topic import RawTopic

__all__ = ["ArchiveFile", "Backfill", "Bounds", "Job", "JobError", "Progress", "RawTopic", "archive_files"]
