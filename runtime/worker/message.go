package worker

import (
	"encoding/json"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime"
)

// order is what the host tells the worker: one member is set.
type order struct {
	Stop   *fault `json:"stop,omitempty"`   // end the run, for this reason
	Output *fault `json:"output,omitempty"` // what was written could not be
}

// job is what the worker runs: the first message of the host, before its orders.
type job struct {
	Name, Source text
	Path         text // of the script below its root
	Files        bool // there are files beside it
	Bundles      bool // the host has community modules
	Function     string
	Params       map[string][]text
	Limits       runtime.Limits
	Rows         bool // rows go somewhere
	Artifacts    bool // files go somewhere
	Progress     bool // loops are shown
	Clock        bool // the host tells the time
	ScriptLevel  int  // least level of the script's log lines
	Level        int  // and of the program's
	Guard        guardJob
	Jobs         *plan // what holds for jobs on endpoints; nil for nothing
}

// plan is a jobs.Plan whose store and listeners are the host's.
type plan struct {
	Run          int
	RetryFailed  bool
	Until        time.Time
	MaxEndpoints int
	Rate         jobs.Rate
	StopAfter    int
	Counts       bool // the host wants to know how many jobs are in which state
}

// guardJob is what the worker's own guard is made of.
type guardJob struct {
	Allow, Declared       []client.Capability // Declared is nil for a script that declares nothing
	Show                  bool
	MaxChanges, Confirmed int
}

// notice is what the worker tells the host: one member is set.
type notice struct {
	Print *text    `json:"print,omitempty"`
	Row   []cell   `json:"row,omitempty"`
	Log   *logLine `json:"log,omitempty"`
	Loop  *loop    `json:"loop,omitempty"`
	Show  *shown   `json:"show,omitempty"`
	Done  *done    `json:"done,omitempty"`
	// Jobs on endpoints: how many are in which state, and the record of one that has come to its end.
	Counts *jobs.Counts    `json:"counts,omitempty"`
	Ended  json.RawMessage `json:"ended,omitempty"`
}

// cell is one of a row.
type cell struct {
	Name  text `json:"n"`
	Value any  `json:"v"` // packed
}

// logLine is a line of a log: the script's own or the program's.
type logLine struct {
	Script  bool   `json:"s,omitempty"`
	Level   int    `json:"l"`
	Message text   `json:"m"`
	Attrs   []cell `json:"a,omitempty"`
}

// loop is how far a loop is. The first of an id begins it.
type loop struct {
	ID    int  `json:"id"`
	Label text `json:"label,omitempty"`
	Total int  `json:"total"`
	Steps int  `json:"steps,omitempty"` // since the last notice
	End   bool `json:"end,omitempty"`
}

// shown is a change that was shown instead of made.
type shown struct {
	Text    text `json:"text"`
	Objects int  `json:"objects"` // that were not counted before
}

// done is the end of a run.
type done struct {
	Failed  bool `json:"failed"`
	Text    text `json:"text"`   // of the error
	Report  text `json:"report"` // what explains it
	Code    int  `json:"code"`
	Stopped bool `json:"stopped"` // it was told to stop
}
