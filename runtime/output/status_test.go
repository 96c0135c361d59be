package output_test

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/runtime/output"
)

// TestStatus holds that the last text of several is on the screen, and that it is gone at the end.
func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen bytes.Buffer
		c := output.NewConsole(&screen, func() int { return 40 }, time.Now)
		s := c.Status()
		fmt.Fprintln(c, "begin")
		s.Set("jobs: 1\x1b")
		s.Set("jobs: 2")
		s.Set("jobs: 3")
		time.Sleep(time.Second) // in the bubble
		s.Set("jobs: 3")
		files := c.Progress("files", -1)
		files.Step()
		time.Sleep(time.Second)
		s.Set("jobs: 4")
		files.End()
		fmt.Fprintln(c, "row")
		s.Set("jobs: 5")
		s.End()
		s.End()
		time.Sleep(time.Second)
		fmt.Fprintln(c, "end")
		const clear = "\r\x1b[K"
		want := "begin\n" + `jobs: 1\x1b` + clear + "jobs: 3" + clear + "jobs: 3 | files 1" + clear +
			"jobs: 4 | files 1" + clear + "jobs: 4" + clear + "row\njobs: 4" + clear + "end\n"
		if got := screen.String(); got != want {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
	})
}
