import { Button, Group, Text } from "@mantine/core";
import { IconBulb } from "@tabler/icons-react";

import type { Catalogue } from "./calls";
import { actionKind, conditionKind, fresh } from "./catalogue";
import { type Draft, draftOf } from "./draft";
import { EXAMPLES } from "./ideas";

/** Rules to begin with, of those that this camera can do. */
export function Examples({ catalogue, onChoose }: { catalogue: Catalogue; onChoose(draft: Draft): void }) {
  const possible = EXAMPLES.filter(({ conditions, action }) => actionKind(catalogue.actions, action) && conditions.every(({ topic }) => conditionKind(catalogue.conditions, topic)));
  if (possible.length === 0) return null;
  return (
    <div>
      <Group gap={6} mb={4}>
        <IconBulb size={16} aria-hidden />
        <Text size="sm" fw={500}>
          Start from an example
        </Text>
      </Group>
      <Group gap={6}>
        {possible.map(({ title, conditions, action }) => {
          const kind = actionKind(catalogue.actions, action);
          return (
            <Button
              key={title}
              size="compact-sm"
              variant="default"
              onClick={() => kind && onChoose(draftOf({ name: "", conditions, trigger: false, wait: 0, action: { kind: action, parameters: fresh(kind) } }))}
            >
              {title}
            </Button>
          );
        })}
      </Group>
    </div>
  );
}
