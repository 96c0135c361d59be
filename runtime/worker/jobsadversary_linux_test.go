package worker_test

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// runAttack has a program in the place of a worker run under a plan, and gives what it printed.
func runAttack(t *testing.T, plan *jobs.Plan, args ...string) (string, error) {
	t.Helper()
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "$SERVER", sim.URL())
	}
	pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
		return demo.Connect(sim, credentials.Product(product.Name))
	}})
	t.Cleanup(func() { pool.Close() })
	w, err := worker.Start(worker.Options{Command: append([]string{self(t), adversary}, args...)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var out bytes.Buffer
	err = w.Run(t.Context(), &runtime.Script{Name: "s.star"}, runtime.Config{Print: &out}, worker.Access{Servers: pool, Jobs: plan})
	return out.String(), err
}

// TestJobsOfAnAdversary keeps and gives the records of jobs on servers that were opened, in a form that a job can have, and
// no others.
func TestJobsOfAnAdversary(t *testing.T) {
	record := func(server, name, more string) string {
		return fmt.Sprintf(`POST host /job {"key":"%s|7|1|%s","state":"running","run":2,"began":true%s}`, server, name, more)
	}
	const server = "response $SERVER"
	key := func(text string) string { return "GET host /job?key=" + text + " " }
	requests := []string{
		"POST host /open?product=response&role= ",
		record(server, "good", ""),
		record(server, "earlier", `,"run":1`),
		record(server, "full", ""),
		record(server, "later", `,"run":3`),
		record(server, "odd", `,"state":"dancing"`),
		record(server, "", ""),
		record("response https://elsewhere.example", "good", ""),
		record("protection $SERVER", "good", ""),
		record(server, "large", `,"host":"$LARGE"`),
		"POST host /job nonsense",
		key(strings.ReplaceAll(url.QueryEscape(server), "%24SERVER", "$SERVER") + "%7C7%7C1%7Cgood"),
		key(strings.ReplaceAll(url.QueryEscape(server), "%24SERVER", "$SERVER") + "%7C7%7C1%7Cnone"),
		key("response+https://elsewhere.example%7C7%7C1%7Cgood"),
		key("good"),
	}
	store := &keptJobs{saved: map[jobs.Key]jobs.Record{}}
	out, err := runAttack(t, &jobs.Plan{Store: store, Run: 2}, append([]string{"requests"}, requests...)...)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out) {
		_, answer, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if _, after, ok := strings.Cut(line, "?key="); ok {
			_, answer, _ = strings.Cut(after, ": ")
			answer = strings.TrimSpace(answer)
		}
		got = append(got, answer)
	}
	want := []string{"200, true", "200, true", "200, true", "refused", "refused", "refused", "refused", "refused", "refused", "refused", "refused",
		"200, true", "200, true", "refused", "refused"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, out)
	}
	if diff := cmp.Diff([]string{"save good", "save earlier", "save full", "load good", "load none"}, store.calls); diff != "" {
		t.Errorf("the store was asked for (-want +got):\n%s", diff)
	}
	if out, err := runAttack(t, nil, "requests", requests[0], requests[1], requests[11]); err != nil || strings.Count(out, "refused") != 2 {
		t.Errorf("without a plan: %v\n%s", err, out)
	}
}

// TestJobNoticesOfAnAdversary ends a worker that tells of jobs what cannot be.
func TestJobNoticesOfAnAdversary(t *testing.T) {
	const good = `{"key":"response $SERVER|7|1|f","state":"failed","outcome":"failed","run":1}`
	for _, test := range []struct {
		name, notice string
		want         []string
		bad          bool
	}{
		{name: "a record", notice: `{"ended":` + good + `}`, want: []string{"f failed"}},
		{name: "counts", notice: `{"counts":{"Done":1,"Waiting":2}}`, want: []string{"1 of 3"}},
		{name: "a record of another server", notice: `{"ended":` + strings.Replace(good, "response", "defense", 1) + `}`, bad: true},
		{name: "no record", notice: `{"ended":7}`, bad: true},
		{name: "counts below zero", notice: `{"counts":{"Done":-1}}`, bad: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var told []string
			plan := &jobs.Plan{Changed: func(c jobs.Counts) { told = append(told, fmt.Sprintf("%d of %d", c.Done, c.Total())) },
				Ended: func(r jobs.Record) { told = append(told, r.Key.Name+" "+string(r.Outcome)) }}
			_, err := runAttack(t, plan, "notice", test.notice)
			if diff := cmp.Diff(test.want, told); diff != "" || (err != nil) != test.bad {
				t.Errorf("error %v, -want +got:\n%s", err, diff)
			}
			if _, err := runAttack(t, nil, "notice", test.notice); err != nil {
				t.Errorf("without a plan: %v", err)
			}
		})
	}
}
