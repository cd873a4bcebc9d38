import { Center, Group, Image, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A single card in the middle of the page, for what comes before the camera's own pages. */
export function Card({ title, subtitle, children }: { title: string; subtitle?: string; children: ReactNode }) {
  return (
    <Center mih="100vh" p="md">
      <Paper withBorder shadow="md" radius="md" p="xl" w="100%" maw={440} component="main">
        <Stack>
          <Group gap="sm">
            <Image src="/icon.svg" alt="" w={40} h={40} />
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {subtitle && (
                <Text size="sm" c="dimmed">
                  {subtitle}
                </Text>
              )}
            </div>
          </Group>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
