package response_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

const (
	searchX  = "GET /api/v1/process?cb.urlver=1&facet=false&q=x&rows=100&sort=last_update+desc&start=0"
	pageTwo  = "GET /api/v1/process?cb.urlver=1&facet=false&q=x&rows=100&sort=last_update+desc&start=1"
	oddGUID  = "00000001-0000-0e48-01d2-c2a397f4cfe0"
	upParent = "00000001-0000-0000-01d2-c2a397f4cfe0"
)

func selectX(name string) wiretest.Step {
	return wiretest.Listing(response.Process, name, func(q *client.Query) *client.Query { return q.Where("x") })
}

// TestNumbersAsText: servers send the same number as a number here and as text there.
func TestNumbersAsText(t *testing.T) {
	run(t, []exchange{
		{name: "query.md 4, total_results", do: selectX("segment"), asked: []string{searchX},
			answers: map[string][]string{searchX: {`200 {"total_results": "1", "results": [{"id": "` + oddGUID + `", "segment_id": "7"}]}`}},
			want:    []any{int64(7)}},
		{name: "section 13, sensor 0 is none", do: selectX("sensor"), asked: []string{searchX},
			answers: map[string][]string{searchX: {`200 {"total_results": 1, "results": [{"id": "` + oddGUID + `", "sensor_id": "0", "process_pid": 3656, "start": "2017-05-01T17:51:43Z"}]}`}},
			want:    []any{nil}},
		{name: "section 13, an unknown pid is recovered", do: selectX("process_pid"), asked: []string{searchX},
			answers: map[string][]string{searchX: {`200 {"total_results": 1, "results": [{"id": "` + oddGUID + `", "process_pid": "-1", "start": "-1"}]}`}},
			want:    []any{int64(3656)}},
		{name: "section 13, segments before 6.0", version: "5.2.0",
			do:    wiretest.Calling(response.Process, oddGUID, "get_segments", nil),
			asked: []string{"GET /api/v1/process?cb.urlver=1&facet=false&q=process_id%3A" + oddGUID + "&rows=100&start=0"},
			answers: map[string][]string{"GET /api/v1/process?cb.urlver=1&facet=false&q=process_id%3A" + oddGUID + "&rows=100&start=0": {
				`200 {"total_results": "2", "results": [{"id": "` + oddGUID + `", "segment_id": "2"}, {"id": "` + oddGUID + `", "segment_id": 1}]}`}},
			want: []any{int64(1), int64(2)}},
		{name: "section 13, walks end at a parent with pid -1",
			do:    wiretest.Reading(response.Process, oddGUID, "depth"),
			asked: []string{"GET /api/v1/process/" + oddGUID + "/0"},
			answers: map[string][]string{"GET /api/v1/process/" + oddGUID + "/0": {`200 {"process": {"id": "` + oddGUID + `", "parent_unique_id": "` +
				upParent + `"}, "parent": {"id": "` + upParent + `", "process_pid": "-1", "start": "2017-05-01T17:51:43Z"}, "children": [], "siblings": []}`}},
			want: map[string]any{"depth": 0}},
	})
}

// TestPageWithoutResults: an answer that lacks its list of results is no empty page, which would end the results.
func TestPageWithoutResults(t *testing.T) {
	const first = `200 {"total_results": 3, "results": [{"id": "` + oddGUID + `"}]}`
	for _, answer := range []string{`{"total_results": 3}`, `{"total_results": 3, "results": null}`, `{"results": []}`, `{}`} {
		run(t, []exchange{{name: "query.md 4, " + answer, do: selectX("id"), asked: []string{searchX, pageTwo},
			answers: map[string][]string{searchX: {first}, pageTwo: {"200 " + answer}}, kind: "ServerError", text: "not what was expected: it has no "}})
	}
	run(t, []exchange{{name: "query.md 4, nothing was found", do: selectX("id"), asked: []string{searchX},
		answers: map[string][]string{searchX: {`200 {"total_results": 0}`}}, want: []any(nil)}})
}

// TestFactsAsText: the facts of a binary and the state of an isolation are read where they are sent as text.
func TestFactsAsText(t *testing.T) {
	const md5 = "0123456789ABCDEF0123456789ABCDEF"
	const summary, sensor = "GET /api/v1/binary/" + md5 + "/summary", "GET /api/v1/sensor/1"
	run(t, []exchange{
		{name: "section 12, numbers and truth values", do: wiretest.Reading(response.Binary, md5, "size", "copied_size", "is_64bit", "is_executable_image"),
			asked:   []string{summary},
			answers: map[string][]string{summary: {`200 {"orig_mod_len": "17", "copied_mod_len": null, "is_64bit": "true", "is_executable_image": "false"}`}},
			want:    map[string]any{"size": int64(17), "copied_size": int64(0), "is_64bit": true, "is_executable_image": false}},
		{name: "section 12, an icon that is not base64", do: wiretest.Reading(response.Binary, md5, "icon"),
			asked: []string{summary}, answers: map[string][]string{summary: {`200 {"icon": "&"}`}}, kind: "ApiError", text: "icon"},
		{name: "section 3, isolation", do: wiretest.Calling(response.Sensor, 1, "isolate", nil), asked: []string{sensor},
			answers: map[string][]string{sensor: {`200 {"id": "1", "network_isolation_enabled": "1", "is_isolating": "true"}`}}, want: true},
	})
}

// TestHostileIDs: an id never reaches another route, and no request is made for one that tries.
func TestHostileIDs(t *testing.T) {
	for _, id := range []string{"..", ".", "../../group/1", "1/../../v1/sensor", `..\..\group`, "1/."} {
		run(t, []exchange{{name: "transport.md 7, " + id, do: wiretest.Reading(response.SensorGroup, id, "name"), kind: "ApiError", text: "cannot be an id"}})
	}
	const escaped = "GET /api/group/1%2F2%3Fa=b%23c"
	run(t, []exchange{{name: "transport.md 7, other characters", do: wiretest.Reading(response.SensorGroup, "1/2?a=b#c", "name"), asked: []string{escaped},
		answers: map[string][]string{escaped: {"404 no"}}, kind: "ObjectNotFoundError", text: "404"}})
}

// mangled is a server that answers every search with a command line that is not valid UTF-8.
type mangled struct{}

func (mangled) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

func (mangled) RoundTrip(r *http.Request) (*http.Response, error) {
	text := fmt.Sprintf(`{"version": "5.2.0", "total_results": 1, "results": [{"id": %q, "cmdline": "a%sb"}]}`, oddGUID, "\xff\xfe")
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body: io.NopCloser(strings.NewReader(text)), ContentLength: -1, Request: r}, nil
}

// TestInvalidUTF8: one document with broken text does not hide the others of its page.
func TestInvalidUTF8(t *testing.T) {
	o, err := response.New(mangled{}).Select(response.Process).First(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := o.Get(t.Context(), "cmdline"); err != nil || got != "a\uFFFDb" {
		t.Errorf("got %q, %v, want the text with U+FFFD", got, err)
	}
}
