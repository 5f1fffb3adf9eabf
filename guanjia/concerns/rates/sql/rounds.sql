-- One line a round of a case with a deadline in the month, as known at the moment `as_of`.
-- A round that nobody accepted has no later clock: its deadline for everything is that of acceptance.
SELECT c.place, c.id AS case_id, d.round, d.answer_due, a.at AS answered_at,
  d.contact_due, coalesce(d.contacted_at, a.at) AS contacted_at, d.visit_due, s.solved, s.satisfied, coalesce(s.said_by, '') AS said_by,
  o.at AS reopened_at, coalesce(d.paused, false) AS paused, p.pause_id, j.review_id
FROM (
  SELECT k.case_id, k.round,
    coalesce(max(k.due_at) FILTER (WHERE k.kind = 'finish'),
      max(k.due_at) FILTER (WHERE k.kind = 'accept')) AS answer_due,
    coalesce(max(k.due_at) FILTER (WHERE k.kind = 'contact'),
      max(k.due_at) FILTER (WHERE k.kind = 'accept')) AS contact_due,
    max(k.met_at) FILTER (WHERE k.kind = 'contact' AND k.met_at <= %(as_of)s) AS contacted_at,
    max(k.due_at) FILTER (WHERE k.kind = 'visit') AS visit_due,
    bool_or(k.kind = 'finish' AND k.met_at IS NULL AND k.paused_since < k.due_at) AS paused
  FROM cases_clock k
  WHERE k.started_at <= %(as_of)s
    AND k.case_id IN (SELECT n.case_id FROM cases_clock n
      WHERE n.due_at > %(begins)s AND n.due_at <= %(ends)s)
  GROUP BY k.case_id, k.round
) d
JOIN cases_case c ON c.id = d.case_id AND c.kind = 'concern'
LEFT JOIN LATERAL (SELECT min(e.at) AS at FROM cases_event e
  WHERE e.case_id = d.case_id AND e.round = d.round AND e.became = 'answered'
    AND e.was <> 'answered' AND e.at <= %(as_of)s) a ON true
LEFT JOIN LATERAL (SELECT min(e.at) AS at FROM cases_event e
  WHERE e.case_id = d.case_id AND e.round = d.round + 1 AND e.verb = 'reopen' AND e.at <= %(as_of)s) o ON true
LEFT JOIN LATERAL (SELECT max(e.id) AS pause_id FROM cases_event e
  WHERE e.case_id = d.case_id AND e.round = d.round AND e.verb = 'pause' AND e.at <= %(as_of)s) p ON true
LEFT JOIN LATERAL (SELECT w.solved, w.satisfied, w.said_by FROM (
    SELECT r.solved, r.satisfied, 'self' AS said_by, 1 AS first FROM cases_rating r
    WHERE r.case_id = d.case_id AND r.round = d.round AND r.at <= %(as_of)s
    UNION ALL
    SELECT l.solved, l.satisfied, 'called', 2 FROM concerns_call l
    WHERE l.case_id = d.case_id AND l.round = d.round AND l.at <= %(as_of)s AND l.solved IS NOT NULL
  ) w ORDER BY w.first LIMIT 1) s ON true
-- Unreasonable is what was judged so last in the round and upheld by another desk; a review has its judgement's number.
LEFT JOIN LATERAL (SELECT v.event_id AS review_id FROM (
    SELECT e.id, e.reason FROM cases_event e
    WHERE e.case_id = d.case_id AND e.round = d.round AND e.verb = 'judge' AND e.at <= %(as_of)s
    ORDER BY e.step DESC LIMIT 1
  ) w JOIN concerns_review v ON v.event_id = w.id
  WHERE starts_with(w.reason, 'unfair_') AND v.upheld AND v.at <= %(as_of)s) j ON true
WHERE (d.answer_due > %(begins)s AND d.answer_due <= %(ends)s)
  OR (d.contact_due > %(begins)s AND d.contact_due <= %(ends)s)
  OR (d.visit_due > %(begins)s AND d.visit_due <= %(ends)s)
