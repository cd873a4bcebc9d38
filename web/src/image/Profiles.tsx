import { Alert, Chip, Group, Input } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, saying, type SettingValue } from "../api";
import type { Values } from "../settings/useSettings";

interface Props {
  /** Present values, to tell which profile is in force. */
  value(path: string): SettingValue;
  disabled: boolean;
  /** ``before``: what it has changed, as it was. */
  onApplied(before: Values): void;
}

/** Scene profiles: one press sets everything for a purpose. */
export function Profiles({ value, disabled, onApplied }: Props) {
  const client = useQueryClient();
  const { data: profiles = [] } = useQuery({ queryKey: ["profiles"], queryFn: api.profiles });
  const [problem, setProblem] = useState<string | null>(null);
  const active = profiles.find(({ values }) => Object.entries(values).every(([path, each]) => value(path) === each));
  const apply = (name: string, values: Values) => {
    const before = Object.fromEntries(Object.keys(values).map((path) => [path, value(path)]));
    void api.applyProfile(name).then(
      async () => {
        setProblem(null);
        await client.invalidateQueries({ queryKey: ["settings"] });
        onApplied(before);
      },
      (error: unknown) => setProblem(saying(error)),
    );
  };
  return (
    <Input.Wrapper label="Scene profile" description={active?.description ?? "Settings of your own."} labelElement="div">
      <Group gap="xs" mt={6} role="group" aria-label="Scene profile">
        {profiles.map(({ name, title, values }) => (
          <Chip key={name} checked={active?.name === name} disabled={disabled} onChange={() => apply(name, values)}>
            {title}
          </Chip>
        ))}
      </Group>
      {problem && (
        <Alert color="red" mt="xs">
          {problem}
        </Alert>
      )}
    </Input.Wrapper>
  );
}
