"""A page that plays an exported film without a network: one file, put beside the film in the archive."""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>@TITLE@</title>
<style>
 body{margin:0;background:#111;color:#ddd;font:15px system-ui;display:flex;flex-direction:column;height:100vh}
 video{flex:1;min-height:0;background:#000} nav{display:flex;gap:.5rem;padding:.6rem;align-items:center;flex-wrap:wrap}
 button,select{font:inherit;color:inherit;background:#333;border:0;border-radius:.3rem;padding:.4rem .8rem}
</style>
<video id="v" src="@FILE@" controls></video>
<nav><button id="b">&#9664; Picture</button><button id="f">Picture &#9654;</button>
<label>Speed <select id="s"><option>0.25<option>0.5<option selected>1<option>2<option>4<option>8</select></label>
<span>@TITLE@</span></nav>
<script>
 const v=document.getElementById("v"),step=d=>{v.pause();v.currentTime=Math.max(0,v.currentTime+d/25)};
 document.getElementById("b").onclick=()=>step(-1);document.getElementById("f").onclick=()=>step(1);
 document.getElementById("s").onchange=e=>{v.playbackRate=+e.target.value};
</script></html>
"""
