import { Alert, Center, Loader } from "@mantine/core";

/** What stands where a page will be: a spinner, or why it cannot come. */
export function Loading({ problem }: { problem: string | null }) {
  if (problem) return <Alert color="red">{problem}</Alert>;
  return (
    <Center p="xl">
      <Loader aria-label="Loading" />
    </Center>
  );
}
