"""An HTTP endpoint that takes pushed articles, and answers once Kafka has them."""
