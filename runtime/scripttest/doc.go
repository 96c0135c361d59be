// Package scripttest runs the tests of scripts: the functions test_* of files *_test.star.
//
//	def test_mounts():
//	    r = test.run("./mounts.star", share = "c$")
//	    assert.eq([row["host"] for row in r.rows], ["ws-12"])
//
// Each function runs in a run of its own, against a host of its own: the file's top level runs again before it, nothing
// is left over from another test. Beside the names of a script, tests see two modules.
//
//	assert.eq(got, want)         fails unless they are equal; also ne, lt, le
//	assert.true(x), false(x)     fails unless x is true, or false
//	assert.contains(all, one)    fails unless one is in all
//	assert.fails(fn, *args, match = "", kind = "")  fails unless the call does, with text that the pattern matches
//	test.run(path, **params)     runs a script: ok, error, rows, output, logs, files
//	test.rows(), test.output(), test.logs(), test.files()  what the test itself emitted, printed, logged and saved
//
// Start with [Find] and [Run], and write the outcome with [Report.WriteText] or [Report.WriteJUnit].
package scripttest
