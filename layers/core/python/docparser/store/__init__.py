"""Where things are kept: objects in S3, records and events in DynamoDB."""
