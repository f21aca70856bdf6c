"""The AsyncAPI 3.0 document: every topic with its messages, and every operation of the flow on it."""

from typing import Any

from pipeline.contract.json_schemas import (
    DEAD_LETTER_HEADERS_NAME,
    HEADERS_NAME,
    file_name,
)
from pipeline.headers import SCHEMA_VERSION, record_name
from pipeline.topology import (
    ALERTS,
    DEAD_LETTERS,
    ENTITIES,
    EVENTS,
    FEED_STATES,
    FEEDS,
    POLLER_TOPICS,
    RAW,
    STAGES,
    STORIES,
    TAGGED,
    TOPICS,
    Topic,
)

Part = dict[str, Any]

JSON_SCHEMA = "application/schema+json;version=draft-2020-12"
KAFKA_BINDING = "0.5.0"
DEAD_LETTER = "DeadLetter"
# What a key is, in words: the topology says it in code.
KEYS = {
    RAW.name: "article_id",
    ENTITIES.name: "article_id",
    TAGGED.name: "article_id",
    EVENTS.name: "story block (all reports of one story share it)",
    STORIES.name: "story_id",
    ALERTS.name: "story_id",
    FEEDS.name: "feed id (partitioned by the site of its address)",
    FEED_STATES.name: "feed id (partitioned like feeds)",
}
DESCRIPTION = """\
Articles go in at `articles.raw`; what is new comes out at `alerts`. All topics may be read by other programs.

Values are JSON in UTF-8, times RFC 3339 in UTC. Delivery is at least once: a record may come twice and then has
the same ids. Readers ignore fields they do not know and expect new values in enumerations. A topic's name may
have a prefix, where an installation sets one."""


def asyncapi() -> Part:
    """Return the document; its schemas are the files beside it."""
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:pactwatch:asyncapi:{SCHEMA_VERSION}",
        "info": {
            "title": "Pactwatch",
            "version": SCHEMA_VERSION.removeprefix("v") + ".0.0",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "servers": {
            "kafka": {
                "host": "{brokers}",
                "protocol": "kafka",
                "variables": {"brokers": {"default": "127.0.0.1:9092"}},
            }
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS}
        | {DEAD_LETTERS: _dead_letter_channel()},
        "operations": _operations(),
        "components": {
            "messages": {topic.record.__name__: _message(topic) for topic in TOPICS}
            | {DEAD_LETTER: _dead_letter_message()}
        },
    }


def _channel(topic: Topic) -> Part:
    policy = "compact" if topic.compacted else "delete"
    return {
        "address": topic.name,
        "description": topic.purpose,
        "messages": {topic.record.__name__: _reference("components", "messages", topic.record.__name__)},
        "bindings": _kafka(topic=topic.name, topicConfiguration={"cleanup.policy": [policy]}),
    }


def _dead_letter_channel() -> Part:
    return {
        "address": DEAD_LETTERS,
        "description": "whatever could not be decoded, enriched or delivered: the bytes as they came",
        "messages": {DEAD_LETTER: _reference("components", "messages", DEAD_LETTER)},
        "bindings": _kafka(topic=DEAD_LETTERS, topicConfiguration={"cleanup.policy": ["delete"]}),
    }


def _message(topic: Topic) -> Part:
    name = record_name(topic.record)
    return {
        "name": f"{name}.{SCHEMA_VERSION}",
        "title": topic.record.__name__,
        "summary": topic.purpose,
        "contentType": "application/json",
        "headers": _schema(HEADERS_NAME),
        "payload": _schema(name),
        "correlationId": {"location": "$message.header#/trace-id"},
        "bindings": _kafka(key={"type": "string", "description": KEYS[topic.name]}),
    }


def _dead_letter_message() -> Part:
    return {
        "name": f"dead-letter.{SCHEMA_VERSION}",
        "title": DEAD_LETTER,
        "summary": "the original value, unchanged; why it is here is said in the headers",
        "contentType": "application/octet-stream",
        "headers": _schema(DEAD_LETTER_HEADERS_NAME),
        "payload": {"type": "string", "format": "binary"},
        "bindings": _kafka(key={"type": "string", "description": "the original key"}),
    }


def _operations() -> Part:
    operations = {"publish": _operation("send", RAW, "producers publish articles")}
    for stage in STAGES:
        operations[f"{stage.name}.reads.{stage.reads.name}"] = _operation(
            "receive", stage.reads, f"the stage {stage.name} reads", group=stage.name
        )
        for topic in stage.writes:
            operations[f"{stage.name}.writes.{topic.name}"] = _operation(
                "send", topic, f"the stage {stage.name} writes"
            )
    operations["delivery"] = _operation(
        "receive", ALERTS, "each sink reads, in a group of its own", group="sink.console"
    )
    for topic in POLLER_TOPICS:
        operations[f"poller.reads.{topic.name}"] = _operation(
            "receive", topic, "pollers share the feeds", group="poller"
        )
        operations[f"poller.writes.{topic.name}"] = _operation("send", topic, "the poller writes")
    return operations | _dead_letter_operations()


def _dead_letter_operations() -> Part:
    what = {
        "bury": ("send", "a stage or sink puts aside what it cannot use"),
        "retry": ("receive", "an operator looks at what failed and sends it again"),
    }
    return {
        name: _operation_on(DEAD_LETTERS, DEAD_LETTER, action, summary)
        for name, (action, summary) in what.items()
    }


def _operation(action: str, topic: Topic, summary: str, *, group: str | None = None) -> Part:
    operation = _operation_on(topic.name, topic.record.__name__, action, summary)
    if group is not None:
        operation["bindings"] = _kafka(groupId={"type": "string", "default": f"pactwatch.{group}"})
    return operation


def _operation_on(channel: str, message: str, action: str, summary: str) -> Part:
    return {
        "action": action,
        "summary": summary,
        "channel": _reference("channels", channel),
        "messages": [_reference("channels", channel, "messages", message)],
    }


def _reference(*path: str) -> Part:
    return {"$ref": "#/" + "/".join(path)}


def _schema(name: str) -> Part:
    return {"schemaFormat": JSON_SCHEMA, "schema": {"$ref": f"./{file_name(name)}"}}


def _kafka(**binding: Any) -> Part:
    return {"kafka": {**binding, "bindingVersion": KAFKA_BINDING}}
