-- What the rows of a taking come to, for the city and for every town that has a row of the rate.
SELECT r.rate, p.place, count(*) FILTER (WHERE r.counts), count(*) FILTER (WHERE r.outside = ''),
  count(*) FILTER (WHERE r.outside = 'unanswered'), count(*) FILTER (WHERE r.outside = 'paused'),
  count(*) FILTER (WHERE r.outside = 'unreasonable'),
  sha256(convert_to(string_agg(
    r.mark || ',' || r.counts::int || ',' || r.outside, E'\n' ORDER BY r.mark), 'UTF8'))
FROM concerns_raterow r
JOIN concerns_takenround t ON t.taking_id = r.taking_id AND t.mark = r.mark
CROSS JOIN LATERAL (SELECT %(city)s AS place UNION SELECT left(t.place, 9)) p
WHERE r.taking_id = %(taking)s
GROUP BY r.rate, p.place
ORDER BY r.rate, p.place
