-- The rows of every rate, from the rounds of a taking alone.
SELECT t.mark, t.place, v.rate, v.counts AND v.outside = '' AS counts, v.outside,
  CASE v.outside WHEN 'unreasonable' THEN t.review_id WHEN 'paused' THEN t.pause_id END AS review
FROM concerns_takenround t
CROSS JOIN LATERAL (
  SELECT t.answer_due > %(begins)s AND t.answer_due <= %(ends)s AS answer,
    t.contact_due > %(begins)s AND t.contact_due <= %(ends)s AS contact,
    t.visit_due > %(begins)s AND t.visit_due <= %(ends)s AND t.answered_at IS NOT NULL AS visit,
    CASE WHEN t.review_id IS NOT NULL THEN 'unreasonable'
      WHEN t.paused AND t.pause_id IS NOT NULL AND t.answered_at IS NULL THEN 'paused' ELSE '' END AS answer_out,
    CASE WHEN t.paused AND t.pause_id IS NOT NULL AND t.contacted_at IS NULL THEN 'paused' ELSE '' END AS contact_out,
    CASE WHEN t.said_by = '' THEN 'unanswered' ELSE '' END AS said_out
) w
CROSS JOIN LATERAL (VALUES
  ('feedback', w.answer, t.answered_at IS NOT NULL, w.answer_out),
  ('on_time', w.answer, coalesce(t.answered_at <= t.answer_due, false), w.answer_out),
  ('unreasonable', w.answer, t.review_id IS NOT NULL, ''),
  ('response', w.contact, coalesce(t.contacted_at <= t.contact_due, false), w.contact_out),
  ('solved', w.visit, coalesce(t.solved, false), w.said_out),
  ('satisfied', w.visit, coalesce(t.satisfied, false), w.said_out),
  ('reopened', w.visit, t.reopened_at IS NOT NULL, '')
) v (rate, belongs, counts, outside)
WHERE t.taking_id = %(taking)s AND v.belongs
