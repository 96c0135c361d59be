package outcomes

import (
	"fmt"
	"io"
	"time"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime/output"
)

// Options shape a table. The zero value is right for a file.
type Options struct {
	Width int  // columns of the terminal: the table is cut to them; 0 means no limit
	All   bool // leave nothing out
}

// The bounds of a table, unless all is asked for: up to wholeTable jobs are shown whatever became of them, beyond that
// only those that are not done, and of these no more than mostShown.
const (
	wholeTable = 20
	mostShown  = 50
)

// maxWhy bounds a reason in a table, in characters. Rows for programs have more of it.
const maxWhy = 160

// Write writes what became of jobs as a table, with everything in it made visible that a terminal would act on, and gives
// how many jobs that are done, and how many others, it left out. Long tables have only what is not done.
func Write(w io.Writer, list []jobs.Record, o Options) (done, others int, err error) {
	rows, err := output.NewRows("table", w, output.Options{Width: o.Width})
	if err != nil {
		return 0, 0, err
	}
	server, shown := severalServers(list), 0
	for _, r := range list {
		switch {
		case o.All || len(list) <= wholeTable:
		case Of(r) == jobs.OutcomeDone:
			done++
			continue
		case shown == mostShown:
			others++
			continue
		}
		shown++
		if err := rows.Write(cells(r, server)); err != nil {
			return 0, 0, err
		}
	}
	return done, others, rows.Close()
}

func severalServers(list []jobs.Record) bool {
	for _, r := range list {
		if r.Key.Server != list[0].Key.Server {
			return true
		}
	}
	return false
}

// cells are what people are shown.
func cells(r jobs.Record, server bool) output.Row {
	var row output.Row
	if server {
		row = append(row, output.Cell{Name: "server", Value: r.Key.Server})
	}
	name := r.Key.Name
	if r.Key.Occurrence > 1 {
		name = fmt.Sprintf("%s (%d)", name, r.Key.Occurrence)
	}
	took := any(nil)
	if d, ok := Took(r); ok {
		took = shortened(d)
	}
	why := []rune(Why(r))
	if len(why) > maxWhy {
		why = append(why[:maxWhy], '…')
	}
	return append(row,
		output.Cell{Name: "sensor", Value: r.Key.Endpoint}, output.Cell{Name: "host", Value: r.Host},
		output.Cell{Name: "function", Value: name}, output.Cell{Name: "outcome", Value: string(Of(r))},
		output.Cell{Name: "tries", Value: int64(r.Tries)}, output.Cell{Name: "took", Value: took}, output.Cell{Name: "why", Value: string(why)})
}

// shortened is a duration with no more digits than anyone reads.
func shortened(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// Row is what became of a job, for programs: times in UTC, a duration in seconds, None for what there is not.
func Row(r jobs.Record) output.Row {
	moment := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UTC()
	}
	took, kind := any(nil), any(nil)
	if d, ok := Took(r); ok {
		took = float64(d.Milliseconds()) / 1000
	}
	if r.Failure != nil {
		kind = r.Failure.Class
	}
	return output.Row{
		{Name: "server", Value: r.Key.Server}, {Name: "sensor_id", Value: r.Key.Endpoint}, {Name: "host", Value: r.Host},
		{Name: "function", Value: r.Key.Name}, {Name: "occurrence", Value: int64(r.Key.Occurrence)},
		{Name: "outcome", Value: string(Of(r))}, {Name: "tries", Value: int64(r.Tries)}, {Name: "run", Value: int64(r.Run)},
		{Name: "submitted", Value: moment(r.Submitted)}, {Name: "started", Value: moment(r.Started)}, {Name: "ended", Value: moment(r.Ended)},
		{Name: "seconds", Value: took}, {Name: "kind", Value: kind}, {Name: "why", Value: Why(r)},
	}
}
