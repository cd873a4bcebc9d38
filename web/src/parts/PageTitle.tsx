import { Text, Title } from "@mantine/core";

/** The heading of a page, and what the page is for. */
export function PageTitle({ title, children }: { title: string; children?: string }) {
  return (
    <div>
      <Title order={1} size="h3">
        {title}
      </Title>
      {children && (
        <Text size="sm" c="dimmed" maw={760}>
          {children}
        </Text>
      )}
    </div>
  );
}
