import { Alert, Badge, Stack, Tabs } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Route, Routes, useLocation, useNavigate } from "react-router-dom";

import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { type Rule, rules } from "../rules/calls";
import { EditRule } from "../rules/EditRule";
import { RecipientList } from "../rules/RecipientList";
import { RuleList } from "../rules/RuleList";
import { ScheduleList } from "../rules/ScheduleList";
import { Triggers } from "../rules/Triggers";
import { useCatalogue, useRules } from "../rules/useRules";

const PARTS = [
  { value: "/rules", label: "Rules" },
  { value: "/rules/schedules", label: "Schedules" },
  { value: "/rules/recipients", label: "Recipients" },
  { value: "/rules/triggers", label: "Manual triggers" },
];

/** What the camera does by itself: rules, the times they go by, the buttons that start them. */
export function Rules() {
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const client = useQueryClient();
  const found = useRules();
  const { catalogue, problem } = useCatalogue();
  const { pathname, key } = useLocation();
  const navigate = useNavigate();
  if (!found.rules || !found.schedules || !catalogue) return <Loading problem={found.problem ?? problem} />;
  const all = found.rules;

  const turnOn = async (rule: Pick<Rule, "id">) => {
    await found.act(() => rules.change(rule.id, { enabled: true }));
    setOff((before) => new Set([...before].filter((id) => id !== rule.id)));
  };
  const saved = async (id: number, turnedOff: boolean) => {
    await client.invalidateQueries({ queryKey: ["rules"] });
    if (turnedOff) setOff((before) => new Set([...before, id]));
    void navigate("/rules");
  };

  return (
    <Stack maw={1100}>
      {found.problem && <Alert color="orange">{found.problem} What is shown is older.</Alert>}
      <Routes>
        <Route path="new" element={<EditRule key={key} rule={null} catalogue={catalogue} saved={saved} />} />
        {all.map((rule) => (
          <Route key={rule.id} path={String(rule.id)} element={<EditRule key={key} rule={rule} catalogue={catalogue} saved={saved} />} />
        ))}
        <Route
          path="*"
          element={
            <>
              <PageTitle title="Rules">What the camera does by itself: when something happens, or for as long as something is so.</PageTitle>
              <Tabs value={PARTS.find(({ value }) => value === pathname)?.value ?? "/rules"} onChange={(to) => to && void navigate(to)} keepMounted={false}>
                <Tabs.List mb="md">
                  {PARTS.map(({ value, label }) => (
                    <Tabs.Tab key={value} value={value} rightSection={value === "/rules" && all.length > 0 ? <Badge size="xs" variant="light" color="gray">{all.length}</Badge> : undefined}>
                      {label}
                    </Tabs.Tab>
                  ))}
                </Tabs.List>
                <Tabs.Panel value="/rules">
                  <RuleList all={all} most={found.most} off={off} act={found.act} turnOn={turnOn} />
                </Tabs.Panel>
                <Tabs.Panel value="/rules/schedules">
                  <ScheduleList all={found.schedules} rules={all} act={found.act} />
                </Tabs.Panel>
                <Tabs.Panel value="/rules/recipients">
                  <RecipientList act={found.act} />
                </Tabs.Panel>
                <Tabs.Panel value="/rules/triggers">
                  <Triggers catalogue={catalogue} rules={all} />
                </Tabs.Panel>
              </Tabs>
            </>
          }
        />
      </Routes>
    </Stack>
  );
}
