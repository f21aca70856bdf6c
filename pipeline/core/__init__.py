"""The domain: articles to events, events to stories. Pure: no Faust, no Kafka, no network, no clock."""
