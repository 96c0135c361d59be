package response_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

// warnings collects the log lines of a client from warnings on, without their times.
type warnings struct{ bytes.Buffer }

func (w *warnings) option() client.Option {
	return client.WithLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "indexed" {
				return slog.Attr{}
			}
			return a
		}})))
}

// fields gives the fields that were warned about.
func (w *warnings) fields() []string {
	var fields []string
	for line := range strings.Lines(w.String()) {
		_, rest, _ := strings.Cut(line, " field=")
		field, _, _ := strings.Cut(rest, " ")
		fields = append(fields, field)
	}
	return fields
}

// TestConditionsOnFields: a condition on a field that the model does not index is warned about, and nothing else is.
func TestConditionsOnFields(t *testing.T) {
	cases := []struct {
		kind      *client.Kind
		condition string
		want      []string
	}{
		{response.Process, `process_name:net.exe cmdline:\\test\blah -username:SYSTEM`, nil},
		{response.Process, `proces_name:net.exe`, []string{"proces_name"}},
		{response.Process, `(netconn_count:[1 TO *] or -sha1:abc) -(foo:1)`, []string{"sha1", "foo"}},
		{response.Process, `path:c:\windows\system32\cmd.exe`, nil},
		{response.Process, `c:\windows\system32\cmd.exe`, nil},
		{response.Process, `hostname:win-ia9nq1gn8oi:x`, nil},
		{response.Process, `cmdline:"a b:c" cmdline:a\ b:c "x:y"`, nil},
		{response.Process, `https://example.com/a:b`, nil},
		{response.Process, `start:[2011-12-31T09:45:00 TO *] last_update:[* TO 22:15]`, nil},
		{response.Process, `start:-10h alliance_score_virustotal:* watchlist_7:* digsig_result_modload:Unsigned`, nil},
		{response.Process, `digsig_result_sibling:Unsigned alliance_score_:1`, []string{"digsig_result_sibling", "alliance_score_"}},
		{response.Process, `"unterminated process:`, nil},
		{response.Process, `trailing\`, nil},
		{response.Process, ``, nil},
		{response.Binary, `digsig_result:Unsigned host_count:1 process_name:x`, []string{"process_name"}},
		{response.Alert, `status:Unresolved AND alert_type:watchlist.hit.query.process sensor_id:1`, []string{"sensor_id"}},
		{response.ThreatReport, `feed_id:2 is_ignored:false score:5`, []string{"score"}},
	}
	for _, c := range cases {
		var log warnings
		q := response.New(serve(t, "6.2.0", nil), log.option()).Select(c.kind).Where(c.condition)
		if q.Err() != nil {
			t.Errorf("%s: %q is refused: %v", c.kind, c.condition, q.Err())
		}
		if diff := cmp.Diff(c.want, log.fields()); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", c.kind, c.condition, diff)
		}
	}
}

// TestNearestField: the warning names the field that was meant.
func TestNearestField(t *testing.T) {
	var log warnings
	response.New(serve(t, "6.2.0", nil), log.option()).Select(response.Process).WhereTerm("proces_name", "net.exe")
	if got := log.String(); !strings.Contains(got, "model=Process field=proces_name nearest=process_name") {
		t.Errorf("got the warning %q, want the nearest field in it", got)
	}
}

// TestUselessConditions: conditions by which the server finds nothing, whatever they are, are refused with the way out.
func TestUselessConditions(t *testing.T) {
	for condition, advice := range map[string]string{
		"process_id:00000001-0000-0e48-01d2-c2a397f4cfe0": "compare alert.process_id",
		"status:Unresolved (unique_id:a-1)":               "select(Alert, id)",
	} {
		q := response.New(serve(t, "6.2.0", nil)).Select(response.Alert).Where(condition)
		var refused *client.APIError
		if _, err := q.Count(t.Context()); !errors.As(err, &refused) || !strings.Contains(refused.Hint(), advice) {
			t.Errorf("%q: got the error %v, want an APIError with the hint %q", condition, err, advice)
		}
	}
}

// TestSegmentsArePointedOut: results that are several segments of one process are pointed out once for a query, unless
// it groups them.
func TestSegmentsArePointedOut(t *testing.T) {
	const path = "GET /api/v1/process?cb.urlver=1&facet=false&q=a&rows=2&sort=last_update+desc&start="
	row := func(id, segment string) string { return `{"id": "` + id + `", "segment_id": ` + segment + `}` }
	const one, two = "00000001-0000-0e48-01d2-c2a397f4cfe0", "00000001-0000-0e49-01d2-c2a397f4cfe0"
	answers := map[string][]string{
		path + "0": {`200 {"total_results": 4, "results": [` + row(one, "1") + "," + row(two, "1") + `]}`},
		path + "2": {`200 {"total_results": 4, "results": [` + row(two, "2") + "," + row(one, "2") + `]}`},
		"GET /api/v1/process?cb.group=id&cb.urlver=1&facet=false&q=a&rows=2&sort=last_update+desc&start=0": {`200 {"total_results": 2, "results": [` + row(one, "1") + "," + row(one, "1") + `]}`},
	}
	var log warnings
	cb := response.New(serve(t, "6.2.0", answers), log.option())
	q := cb.Select(response.Process).Where("a").BatchSize(2)
	for range 2 { // reading it again says nothing new
		if _, err := wiretest.Rows(t.Context(), q, "segment_id"); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(log.String(), "group_by"); got != 1 || !strings.Contains(log.String(), two) {
		t.Errorf("pointed out %d times, want once, for the process %s:\n%s", got, two, log.String())
	}
	log.Reset()
	if _, err := wiretest.Rows(t.Context(), q.With("cb.group", "id"), "segment_id"); err != nil {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("a grouped query is warned about: %s", log.String())
	}
}

// FuzzCondition: no condition makes the search for field names fail.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{`a:b`, `"`, `\`, `(-a:b) "c\"d:e" f\:g:h`, "é:x", "a\x00b:c", `a:"b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, condition string) {
		var log warnings
		q := response.New(serve(t, "6.2.0", nil), log.option()).Select(response.Process).Where(condition)
		if q.Err() != nil {
			t.Errorf("%q is refused: %v", condition, q.Err())
		}
		for _, field := range log.fields() {
			if !strings.Contains(condition, field+":") {
				t.Errorf("%q is warned about for the field %q, which it does not have", condition, field)
			}
		}
	})
}
