"""Writes test/golden/hydra-overrides.json: what Hydra's parser makes of overrides of the command line.

Run: python test/golden/make_hydra_overrides.py [lines.json written.json]   (needs hydra-core 1.3 or newer)

[{ line, type: CHANGE | ADD | FORCE_ADD | DEL | EXTEND_LIST, key, package, value | values }] or [{ line, error }]: `values`
of what is swept over. Infinity and NaN are { "float": "inf" }, keys of mappings are texts, and what has no place in JSON,
such as a sweep within a list, is { "other": its text }. Given a file of other lines it reads those instead.
"""

import json
import math
import pathlib
import sys
import warnings

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, IntervalSweep, QuotedString

LINES = r"""
a=b
a.b.c=1
tags.0=x
a=
a=   b c  	d
+a=1
++a.b=1
~a
~a.b
~a=1
~a=
a
=1
a..b=1
a.=1
a b=1
a =1
a= 1
db/mysql=x
a@b=1
a/b@c=1
a:b=1
a=0
a=-0
a=+7
a=10_000
a=1__0
a=007
a=0x10
a=0o7
a=1.
a=.5
a=-.5e-3
a=1e-3
a=1E+30
a=1_0.5_0e1_0
a=1e
a=e5
a=1.2.3
a=.inf
a=inf
a=-INF
a=+Inf
a=nan
a=-nan
a=infinity
a=true
a=FALSE
a=yes
a=on
a=null
a=NULL
a=Null
a=~
a=none
a=null null
a=true story
a=3 images
a=adam-w_2
a=-
a=--x
a=|
a=>
a=*
a=**/*.jpg
a=?
a=%d
a=$HOME
a=$
a=@x
a=pics/set #2
a=#2
a=!x
a=a&b
a=a;b
a=<a>
a=^a
a=~/pics
a=`a`
a=Größe
a=日本
a=/data/coco/train2017
a=../up/./here
a=C:\pics\new
a=C:\\pics
a=\\server\share
a=a\
a=a\\
a=a\ b
a=\ a\ 
a=a\,b
a=a\:b\=c
a=\(\)\[\]\{\}
a=\n
a=\'
a=\"
a=a=b
a=lr=3,4
a=pics (1)
a=a/b (1)
a=a(1)
a=a)
a=(a)
a=a]
a=a[0]
a={a
a=a}
a=it's
a='it''s'
a='it\'s'
a="it's"
a='say "hi"'
a="say \"hi\""
a=''
a=""
a=' '
a='a
a="a'
a='a'b
a=b'a'
a='a' 
a='a,b'
a='1'
a='null'
a='C:\new'
a='C:\new\'
a='C:\new\\'
a='a\\\'b'
a='a\\"b'
a="a\\'b"
a='#2'
a='${b}'
a=${b}
a=x_${b.c}
a=${b
a=$ {b}
a=a:b
a=a : b
a=http://host:80/x?y
a=:
a=12:30
a=[]
a=[ ]
a=[a, b]
a=[a,b,]
a=[,]
a=[a b, c]
a=[1,2.5,true,null,'x, y']
a=[[1,2],[3]]
a=[ [1] , [2] ]
a=[1] 
a=[1]x
a=x[1]
a=[a:b]
a=[a=b]
a=[a,b
a={}
a={ }
a={a:10}
a={a: 10, b: x y}
a={ a : 10 }
a={a:b:c}
a={a: {b: [1, {c: d}]}}
a={a: C:\pics}
a={kind: folder, root: ../pics/set 2}
a={a}
a={a:}
a={:1}
a={a:1,}
a={a:1,a:2}
a={1: x}
a={1.5: x}
a={null: x}
a={true: x}
a={'a': 1}
a={"a b": 1}
a={a b: 1}
a={a\:b: 1}
a={a-b/c.d: 1}
a={a:1}b
a=1,2,3
a=a,b
a=a , b
a=a,,b
a=,a
a=a,
a='a,b',c
a=[1,2],[3]
a={a:1},{a:2}
a=null,1
a=true,'true'
a=adam,{name: sgd, learning_rate: 0.1}
a=choice(a,b)
a=choice (a,b)
a=choice( a , b )
a=choice(a)
a=choice()
a=choice(a,b
a=choice(a,)
a=choice(1,'1',[1],{a:1})
a=choice(null,1)
a=choice(x=1)
a=choice(choice(a,b))
a=choice(choice(a,b),c)
a=choice(range(3))
a=choice(int(1.5),2)
a=choice(str(1),2)
a=choice(a,b) 
a=choice(a),b
a=b,choice(a)
a=[choice(a,b)]
a={b: choice(a,b)}
a=Choice(a)
a=range(3)
a=range(1,5)
a=range(1,10,3)
a=range(5,1,-1)
a=range(5,1,step=-1)
a=range(-5,step=-1)
a=range(5.5,step=0.5)
a=range(0,10,3.3)
a=range(0,1,0.1)
a=range(0.1,0.4,0.1)
a=range(0, 1.0000000001, 0.1)
a=range(1e-7,5e-7,1e-7)
a=range(-1,-0.5,0.25)
a=range(start=1,stop=4)
a=range(stop=4,start=1)
a=range(start=3)
a=range(stop=3)
a=range(1,stop=4)
a=range(start=1,4)
a=range(1,2,3,4)
a=range(1,1)
a=range(2,1)
a=range(0)
a=range(1,2,0)
a=range(x)
a=range('3')
a=range()
a=range(3)x
a=range(1,5,0.5)
a=interval(0,1)
a=interval(0,1),2
a=glob(*)
a=glob([a*,b*],exclude=ab)
a=tag(t,choice(a,b))
a=sort(3,1,2)
a=sort(range(3),reverse=true)
a=shuffle(1,2)
a=shuffle(range(3))
a=int('3')
a=int(3.9)
a=float(3)
a=str([1,2])
a=bool(1)
a=json_str({a:1})
a=extend_list(1,2)
a=unknown(1)
a=null(1)
a=1(2)
a=f()
""".strip("\n").split("\n")


def plain(value):
    if isinstance(value, QuotedString):
        return value.text
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key_text(key): plain(item) for key, item in value.items()}
    return {"other": str(value)}


def key_text(key):
    if isinstance(key, QuotedString):
        return key.text
    return key if isinstance(key, str) else "null" if key is None else str(key).lower()


def reading(parser, line):
    try:
        override = parser.parse_override(line)
        read = {"line": line, "type": override.type.name, "key": override.key_or_group, "package": override.package}
        if isinstance(override._value, (IntervalSweep, Glob)):
            return read | {"value": {"other": str(override._value)}}
        if override.is_sweep_override():
            return read | {"values": [plain(value) for value in override.sweep_iterator()]}
        return read | {"value": plain(override._value)}
    except Exception as error:  # HydraException of many kinds, and Python's own of range(1,2,0)
        return {"line": line, "error": str(error).split("\n")[0]}


def main():
    warnings.simplefilter("ignore")
    lines, path = LINES, pathlib.Path(__file__).with_name("hydra-overrides.json")
    if len(sys.argv) == 3:
        lines, path = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    parser = OverridesParser.create()
    read = [reading(parser, line) for line in lines]
    path.write_text(json.dumps(read, ensure_ascii=False, separators=(",", ":")).replace("},{\"line", "},\n{\"line") + "\n")
    print(path, path.stat().st_size, len(read), sum("error" in each for each in read))


if __name__ == "__main__":
    main()
