import { Alert, Button, Card, Checkbox, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconAlertTriangle, IconPower } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { ApiError, saying } from "../api";
import { ActionFields } from "./ActionFields";
import type { Catalogue, Rule } from "./calls";
import { ConditionList } from "./ConditionList";
import { changesContent, type Draft, draftOf, type Faults, faults, LONGEST_NAME, placeOf, same } from "./draft";
import { Examples } from "./Examples";
import styles from "./RuleForm.module.css";
import { useWords } from "./useRules";
import { WaitField } from "./WaitField";

interface Props {
  /** Null for a new one. */
  rule: Rule | null;
  initial: Draft;
  catalogue: Catalogue;
  /** Keeps the draft, turned on or not; throws what the camera refused. */
  save(draft: Draft, on: boolean): Promise<void>;
  cancel(): void;
  /** Told whenever there is something that would be lost, or no longer. */
  onDraft(draft: Draft | null): void;
}

/** Everything about one rule, with the sentence that it makes. */
export function RuleForm({ rule, initial, catalogue, save, cancel, onDraft }: Props) {
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<{ place: string | null; message: string } | null>(null);
  const [saving, setSaving] = useState(false);
  const [turnOn, setTurnOn] = useState(rule === null);
  const form = useRef<HTMLFormElement>(null);
  const changes = rule === null || changesContent(draft, rule);
  const dirty = !same(draft, rule ? draftOf(rule) : draftOf(null));
  const wrong = faults(draft, catalogue);
  const shown: Faults = { ...(tried ? wrong : {}), ...(refusal?.place ? { [refusal.place]: refusal.message } : {}) };

  useEffect(() => onDraft(dirty && !saving ? draft : null), [draft, dirty, saving, onDraft]);

  const put = (change: Partial<Draft>) => {
    setRefusal(null);
    setDraft((before) => ({ ...before, ...change }));
  };
  const submit = async () => {
    setTried(true);
    if (Object.keys(wrong).length > 0) {
      window.setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    setSaving(true);
    try {
      await save(draft, changes ? turnOn : (rule?.enabled ?? turnOn));
    } catch (error) {
      setRefusal({ place: placeOf(error instanceof ApiError ? error.field : null, draft), message: saying(error) });
      setSaving(false);
    }
  };

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className={styles["both"]}>
        <Stack>
          {rule?.enabled && (
            <Alert color="orange" icon={<IconPower />} title="This rule is on">
              Saving a change to what it does turns it off, until you turn it on once more. A new name alone does not.
            </Alert>
          )}
          {rule === null && draft.conditions.length === 0 && draft.kind === "" && <Examples catalogue={catalogue} onChoose={setDraft} />}
          <TextInput
            label="Name"
            description="Left empty, the camera makes one."
            placeholder="Night round"
            maxLength={LONGEST_NAME}
            value={draft.name}
            error={shown["name"]}
            onChange={({ currentTarget }) => put({ name: currentTarget.value })}
          />
          <ConditionList draft={draft} kinds={catalogue.conditions} faults={shown} put={put} />
          <ActionFields draft={draft} kinds={catalogue.actions} conditions={catalogue.conditions} faults={shown} put={put} />
          <WaitField seconds={draft.wait} error={shown["wait"]} onChange={(wait) => put({ wait })} />
        </Stack>
        <Card withBorder className={styles["outcome"]} p="sm">
          <Stack gap="xs">
            <Title order={2} size="h6">
              What this rule does
            </Title>
            <Sentence draft={draft} />
            {tried && Object.keys(wrong).length > 0 && (
              <Text size="sm" c="red" role="alert">
                <IconAlertTriangle size={14} aria-hidden /> Mend what is marked first.
              </Text>
            )}
            {refusal && (
              <Alert color="red" role="alert">
                {refusal.message}
              </Alert>
            )}
            {changes && (!rule || dirty || !rule.enabled) && (
              <Checkbox
                label={rule?.enabled ? "Turn it on once more when it is saved" : "Turn it on when it is saved"}
                checked={turnOn}
                onChange={({ currentTarget }) => setTurnOn(currentTarget.checked)}
              />
            )}
            <Group>
              <Button type="submit" loading={saving} disabled={rule !== null && !dirty}>
                Save
              </Button>
              <Button variant="default" onClick={cancel}>
                Cancel
              </Button>
            </Group>
          </Stack>
        </Card>
      </div>
    </form>
  );
}

function Sentence({ draft }: { draft: Draft }) {
  const words = useWords(draft);
  return (
    <Text size="sm" aria-live="polite" data-testid="sentence" style={{ overflowWrap: "anywhere" }}>
      {words?.pieces.map(({ text, kind }, index) => (
        <span key={index} className={kind === "word" ? undefined : styles[kind]}>
          {text}
        </span>
      ))}
    </Text>
  );
}
