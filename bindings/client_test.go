package bindings_test

import (
	"context"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// hunt runs a script against a simulator and gives what it printed.
func hunt(t testing.TB, options simulator.Options, script string) (string, *demo.Demo, error) {
	t.Helper()
	d, err := demo.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	cb := response.New(d.Gate)
	connection := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil })
	env := bindings.FreeFunctions(cb.Product())
	for name, v := range connection.Names() {
		env[name] = v
	}
	var out strings.Builder
	thread := &starlark.Thread{Name: t.Name(), Print: func(_ *starlark.Thread, text string) { out.WriteString(text + "\n") }}
	defer bindings.Attach(thread, t.Context())()
	_, err = bindings.SafeCall(thread, func() (starlark.Value, error) {
		_, err := starlark.ExecFileOptions(&syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}, thread, "hunt.star", script, env)
		return starlark.None, err
	})
	return out.String(), d, err
}

func TestGuideHunt(t *testing.T) {
	out, _, err := hunt(t, simulator.Options{}, `
def print_details(proc, depth):
    print("%s%s: %s ran %s" % (" " * depth, proc.start, proc.username, proc.cmdline))

for proc in select(Process).where("process_name:net.exe").and_(r"cmdline:\\test\blah").group_by("id"):
    print_details(proc, 0)
    proc.walk_parents(print_details)
`)
	if err != nil {
		t.Fatal(err)
	}
	want := `2016-11-11 20:59:31.631000: WIN-IA9NQ1GN8OI\bit9rad ran net  use y: \\test\blah
2016-10-25 20:20:29.790000: WIN-IA9NQ1GN8OI\bit9rad ran "C:\Windows\system32\cmd.exe" 
 2016-10-25 14:08:49.651000: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\Explorer.EXE
`
	if !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 18 {
		t.Errorf("got\n%s", out)
	}
}

// TestScripts runs a line of a script each, and compares what it prints.
func TestScripts(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`q = select(Process).where(process_name="net.exe"); print(len(q) > 1, bool(q), type(q))`, "True True Query"},
		{`print(select(Process).where("process_name:nothing.exe").first())`, "None"},
		{`print(bool(select(Process).where("process_name:nothing.exe")))`, "False"},
		{`q = select(Process).where("process_name:net.exe"); print(q[0] == q.first(), q[0].id == first(q).id, q[0] in q)`, "True True True"},
		{`q = select(Process).where("process_name:net.exe"); print(len(q[:2]), type(q[:2]), len(q[-1:]), q[999])`, "2 list 1 None"},
		{`s = select(Sensor, 3); print(s.hostname, s.group.name, s.network_interfaces[0].ipaddr != "")`, "WIN-IA9NQ1GN8OI Default Group True"},
		{`print(select(Sensor, 3) == select(Sensor, "3"), len(set([select(Sensor, 3), select(Sensor, 3)])))`, "True 1"},
		{`p = select(Process).where("process_name:net.exe").first(); print(p.sensor.group.name, p.nonsense, p.get("nonsense", 5))`, "Default Group None 5"},
		{`print([type(p) for p in select(Process).where("process_name:net.exe").first().parents][0])`, "Process"},
		{`print(Watchlist.search, type(Sensor.isolate), "where" in dir(Process))`, "<attribute Watchlist.search> attribute True"},
		{`print(Process, type(Process), cb.info()["version"], type(cb))`, "<model Process> model 6.2.0.171114.1158 connection"},
		{`print(select(Process).where("a:b").sort("start asc").group_by("id"))`, `select(Process).where("a:b")[cb.group=id].sort("start asc")`},
		{`print("first" in dir(select(Process)), "walk_parents" in dir(select(Process).first()))`, "True True"},
		{`print(create(User, username = "x", teams = [{"id": 1, "name": "a"}]).teams[0]["name"])`, "a"},
		{`print(type(cb.from_ui(cb.url + "/#/host/3")))`, "Sensor"},
		{`b = select(Process).where("process_name:net.exe").first().binary; print(b.signed, b.signing_data.publisher, type(b.signing_data.sign_time))`, "True Microsoft Corporation time.time"},
		{`print(select(Process).where("process_name:cmd.exe").first().binary.file.read(2))`, "MZ"},
	} {
		out, _, err := hunt(t, simulator.Options{}, c.script)
		if err != nil || strings.TrimSpace(out) != c.want {
			t.Errorf("%s\ngot  %q, %v\nwant %q", c.script, strings.TrimSpace(out), err, c.want)
		}
	}
}

// TestScriptErrors: what is wrong in a script is told with the names that it used.
func TestScriptErrors(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`select(Sensor, 3).hostnmae`, "Sensor has no .hostnmae field or method (did you mean .hostname?)"},
		{`select(Process).were("x")`, "Query has no .were field or method (did you mean .where?)"},
		{`select("Process")`, "select: for parameter model: got string, want a model, as in select(Process)"},
		{`select(Process, None)`, "select: for parameter id: got None, want the id of a Process"},
		{`select(Process, 1.5)`, "want a process guid as text"},
		{`select(Binary, "xyz")`, `"xyz" is not an MD5`},
		{`select(Process).where(5)`, "where: for parameter condition: got int, want string"},
		{`select(Process).where(process_name=[])`, "where: no value was given for process_name"},
		{`select(Process).sort()`, "sort: missing argument for order"},
		{`select(Process).batch_size(n=0)`, "batch_size: got 0, want at least 1"},
		{`select(Process).batch_size(m=1)`, `batch_size: unexpected keyword argument "m"`},
		{`select(Process).first().walk_parents(5)`, "walk_parents: for parameter callback: got int, want function"},
		{`select(Process)[::2]`, "steps are not supported"},
		{`create(Process)`, "cannot create object of type Process"},
		{`select(Process).first().cmdline = "x"`, "Process.cmdline cannot be set: it is read-only"},
		{`select(Sensor, 3).nonsense = 1`, `Sensor has no attribute "nonsense"`},
		{`save(5)`, "save: int has no method .save()"},
		{`select(Process).where("(a").first()`, "the server cannot parse the query"},
		{`select(Sensor, 99999).hostname`, "not found (HTTP 404)"},
		{`select(Sensor).where("colour:red")`, "want \"field:value\" with one of the fields ip, hostname, groupid"},
		{`sorted(select(Process)[:3])`, "sort by an attribute"},
	} {
		_, _, err := hunt(t, simulator.Options{}, c.script)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngot  %v\nwant %s", c.script, err, c.want)
		}
	}
}

// TestErrorInTheMiddle: a page that fails ends the script at that result, whatever reads it.
func TestErrorInTheMiddle(t *testing.T) {
	for _, script := range []string{
		`[print("row") for p in q]`,
		`for p in q: print("row")`,
		`list(q); print("after")`,
		`x = len([p for p in q]); print("after")`,
		`print(*q)`,
		`sorted(q, key=lambda p: p.id); print("after")`,
		`a = [1]; a.extend(q); print("after")`,
		`select(Process).first() in q; print("after")`,
		`max(q, key=lambda p: p.id); print("after")`,
	} {
		d, err := demo.Start(simulator.Options{Bulk: 700})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		d.Simulator.Inject(simulator.Fault{Query: "start=200", Status: 500, Body: "disk full"})
		cb := response.New(d.Gate)
		env := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil }).Names()
		rows := 0
		thread := &starlark.Thread{Print: func(_ *starlark.Thread, text string) {
			if text != "row" {
				t.Errorf("%s: printed %q after the error", script, text)
			}
			rows++
		}}
		detach := bindings.Attach(thread, t.Context())
		_, err = bindings.SafeCall(thread, func() (starlark.Value, error) {
			return starlark.None, runScript(thread, "q = select(Process).where(\"process_name:bulk.exe\")\n"+script, env)
		})
		detach()
		kind, facts := bindings.Describe(err)
		if kind != "ServerError" || facts["status"] != 500 || rows != 0 && rows != 200 {
			t.Errorf("%s: %d rows, error %v", script, rows, err)
		}
	}
}

func runScript(thread *starlark.Thread, script string, env starlark.StringDict) error {
	_, err := starlark.ExecFileOptions(&syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}, thread, "hunt.star", script, env)
	return err
}

func TestCompletionAsksNothing(t *testing.T) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	cb := response.New(d.Gate)
	o, err := cb.SelectID(context.Background(), response.Process, "00000003-0000-036c-01d2-2efd3af51186", nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := bindings.FromGo(o)
	if err != nil {
		t.Fatal(err)
	}
	type attributes interface {
		CompleteNames() []string
		CompleteAttr(string) any
	}
	at := any(v)
	for _, step := range []string{"sensor", "group", "site"} {
		next := at.(attributes).CompleteAttr(step)
		if next == nil {
			t.Fatalf("nothing is known about .%s", step)
		}
		at = next
	}
	if names := strings.Join(at.(attributes).CompleteNames(), " "); !strings.Contains(names, "throttle_rules") {
		t.Errorf("a site completes to %s", names)
	}
	if n := len(d.Simulator.Requests()); n != 0 {
		t.Errorf("completion made %d requests", n)
	}
}
