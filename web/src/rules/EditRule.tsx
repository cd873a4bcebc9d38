import { Button, Group } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useCallback, useEffect, useRef } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router-dom";

import { PageTitle } from "../parts/PageTitle";
import { offerUndo } from "../ptz/Undo";
import type { Catalogue, Rule } from "./calls";
import { rules } from "./calls";
import { actionKind, begun, conditionKind, fresh } from "./catalogue";
import { type Draft, draftOf, wishOf } from "./draft";
import { RuleForm } from "./RuleForm";
import { TRIGGER } from "./Triggers";

interface Props {
  /** Null for a new one. */
  rule: Rule | null;
  catalogue: Catalogue;
  saved(id: number, turnedOff: boolean): Promise<void>;
}

interface Carried {
  /** What to begin with: a copy, or what was left without being saved. */
  draft?: Draft;
  /** Begin with the manual trigger. */
  trigger?: boolean;
}

/** A page for one rule. What is left without being saved can be brought back for a while. */
export function EditRule({ rule, catalogue, saved }: Props) {
  const navigate = useNavigate();
  const { pathname, state } = useLocation();
  const [search] = useSearchParams();
  const carried = (state ?? {}) as Carried;
  const initial = useRef(carried.draft ?? (rule ? draftOf(rule) : asked(catalogue, search.get("tour"), carried.trigger ?? false)));
  const left = useRef<Draft | null>(null);
  const onDraft = useCallback((draft: Draft | null) => {
    left.current = draft;
  }, []);

  useEffect(
    () => () => {
      const draft = left.current;
      if (draft) offerUndo(`${draft.name || "The new rule"} was left without being saved`, () => void navigate(pathname, { state: { draft } }));
    },
    [navigate, pathname],
  );

  const save = async (draft: Draft, on: boolean) => {
    const wish = wishOf(draft);
    if (!rule) {
      const { id } = await rules.add({ ...wish, enabled: on });
      left.current = null;
      await saved(id, false);
      return;
    }
    const changed = await rules.change(rule.id, wish);
    if (on && !changed.enabled) await rules.change(rule.id, { enabled: true });
    left.current = null;
    await saved(rule.id, changed.turned_off && !on);
  };

  return (
    <>
      <Group gap="xs">
        <Button component={Link} to="/rules" variant="subtle" color="gray" size="compact-sm" leftSection={<IconArrowLeft size={16} />}>
          All rules
        </Button>
      </Group>
      <PageTitle title={rule ? rule.name : "New rule"} />
      <RuleForm rule={rule} initial={initial.current} catalogue={catalogue} save={save} cancel={() => void navigate("/rules")} onDraft={onDraft} />
    </>
  );
}

/** An empty draft, or one that begins with a tour or with the manual trigger. */
function asked(catalogue: Catalogue, tour: string | null, trigger: boolean): Draft {
  const draft = draftOf(null);
  const start = actionKind(catalogue.actions, "tour.fixed");
  if (tour && start) return { ...draft, kind: start.kind, parameters: { ...fresh(start), tour: Number(tour) } };
  const button = trigger && conditionKind(catalogue.conditions, TRIGGER);
  return button ? { ...draft, conditions: [{ ...begun(button), key: 0 }] } : draft;
}
