import { Anchor, Badge, Button, Card, Group, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHandFinger } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router-dom";

import { saying } from "../api";
import { board, type Drive } from "../ports/calls";
import type { Catalogue, Rule } from "./calls";
import { conditionKind } from "./catalogue";
import { holds } from "./holds";
import { useConditions, useStarted } from "./useRules";

/** The topic of what is started by hand. */
export const TRIGGER = "Device/IO/ManualTrigger";
/** A held button says so this often, for a little longer each time: a page that dies lets go of it. */
const RENEW_MS = 2000;
const HELD_S = 5;

/** The buttons that start rules by hand, with the rules that each starts. */
export function Triggers({ catalogue, rules }: { catalogue: Catalogue; rules: Rule[] }) {
  const events = useConditions();
  const started = useStarted(rules);
  const triggers = conditionKind(catalogue.conditions, TRIGGER)?.items.find(({ name }) => name === "port")?.values ?? [];
  if (triggers.length === 0) return <Text size="sm">This camera has no manual trigger.</Text>;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Buttons that start rules by hand, or that try them out. Hold one for as long as the rule shall be active, or leave it on.
      </Text>
      <Stack gap="xs" role="list" aria-label="Manual triggers">
        {triggers.map(({ value, title }) => (
          <Trigger
            key={String(value)}
            title={title}
            active={holds({ topic: TRIGGER, where: { port: value }, inverted: false }, events)}
            users={rules.filter(({ conditions }) => conditions.some(({ topic, where }) => topic === TRIGGER && (where["port"] ?? value) === value))}
            started={started}
          />
        ))}
      </Stack>
    </Stack>
  );
}

function Trigger({ title, active, users, started }: { title: string; active: boolean; users: Rule[]; started: ReadonlySet<number> }) {
  const { held, drive, press, release } = useTrigger();
  return (
    <Card withBorder p="sm" role="listitem">
      <Group gap="md">
        <Button
          size="lg"
          variant={active ? "filled" : "light"}
          color={active ? "orange" : undefined}
          leftSection={<IconHandFinger size={22} />}
          aria-label={`Hold ${title}`}
          aria-pressed={active}
          style={{ touchAction: "none", userSelect: "none", WebkitTouchCallout: "none" }}
          onContextMenu={(event) => event.preventDefault()}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            press();
          }}
          onPointerUp={release}
          onPointerCancel={release}
          onLostPointerCapture={release}
          onKeyDown={(event) => {
            if (event.key !== " " && event.key !== "Enter") return;
            event.preventDefault();
            if (!event.repeat) press();
          }}
          onKeyUp={(event) => (event.key === " " || event.key === "Enter") && release()}
          onBlur={release}
        >
          {title}
        </Button>
        <Switch label="Leave it on" aria-label={`${title} stays on`} checked={active && !held} onChange={({ currentTarget }) => drive({ active: currentTarget.checked })} />
      </Group>
      <Users users={users} started={started} />
    </Card>
  );
}

function Users({ users, started }: { users: Rule[]; started: ReadonlySet<number> }) {
  if (users.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs">
        No rule waits for it yet.{" "}
        <Anchor component={Link} to="/rules/new" state={{ trigger: true }}>
          Make one
        </Anchor>
      </Text>
    );
  return (
    <Stack gap={4} mt="xs" role="list" aria-label="Rules that it starts">
      {users.map((rule) => (
        <Group key={rule.id} gap={6} role="listitem">
          <Anchor size="sm" component={Link} to={`/rules/${rule.id}`}>
            {rule.name}
          </Anchor>
          {!rule.enabled && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              turned off
            </Badge>
          )}
          {rule.active && (
            <Badge size="sm" variant="filled" color="teal" tt="none">
              active now
            </Badge>
          )}
          {!rule.active && started.has(rule.id) && (
            <Badge size="sm" variant="light" color="teal" tt="none">
              just started
            </Badge>
          )}
          {rule.fault && (
            <Text size="sm" c="red">
              {rule.fault}
            </Text>
          )}
        </Group>
      ))}
    </Stack>
  );
}

/** The trigger's state as the camera is told it, one call after the other so that letting go never overtakes pressing. */
function useTrigger() {
  const client = useQueryClient();
  const queue = useRef(Promise.resolve());
  const renewing = useRef<number | null>(null);
  const [held, setHeld] = useState(false);
  const drive = (wish: Drive, done?: () => void) => {
    queue.current = queue.current.then(async () => {
      try {
        await board.driveTrigger(wish);
      } catch (error) {
        notifications.show({ message: saying(error), color: "red" });
      }
      await Promise.all(["conditions", "rules"].map((key) => client.invalidateQueries({ queryKey: [key] })));
      done?.();
    });
  };
  const press = () => {
    if (renewing.current !== null) return;
    setHeld(true);
    const hold = () => drive({ active: true, seconds: HELD_S });
    hold();
    renewing.current = window.setInterval(hold, RENEW_MS);
  };
  const release = () => {
    if (renewing.current === null) return;
    window.clearInterval(renewing.current);
    renewing.current = null;
    drive({ active: false }, () => setHeld(false));
  };
  const latest = useRef(release);
  latest.current = release;
  useEffect(() => () => latest.current(), []);
  return { held, drive, press, release };
}

