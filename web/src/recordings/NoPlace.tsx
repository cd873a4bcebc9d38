import { Button, Stack, Text } from "@mantine/core";
import { Link } from "react-router-dom";

/** Why nothing can be recorded now, and the way to the page that mends it. */
export function NoPlace({ reason }: { reason: string }) {
  return (
    <Stack gap="xs" maw={320}>
      <Text size="sm">Nothing can be recorded now. {reason}</Text>
      <Button size="xs" component={Link} to="/storage">
        Go to storage
      </Button>
    </Stack>
  );
}
